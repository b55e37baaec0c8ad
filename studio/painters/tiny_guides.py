"""What a tiny model is guided by, with random weights: LoRAs made with peft, an IP-Adapter, a ControlNet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studio.painters.quiet import hush_libraries, silence_libraries

FACE_WIDTH = 16
"""Of the picture encoder's answer."""
ADAPTER_FILE = "ip-adapter.safetensors"


def build_lora(model: Path, file: Path, seed: int = 1) -> Path:
    """Write a LoRA for a tiny model's folder, strong enough to be seen, as one safetensors file; return the file."""
    silence_libraries(offline=True)
    hush_libraries()
    import torch
    from diffusers import DiffusionPipeline
    from peft import LoraConfig, get_peft_model_state_dict

    pipe = DiffusionPipeline.from_pretrained(model, local_files_only=True)
    name = "unet" if hasattr(pipe, "unet") else "transformer"
    network = getattr(pipe, name)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        config = LoraConfig(r=4, lora_alpha=8, init_lora_weights=False, target_modules=["to_q", "to_k", "to_v", "to_out.0"])
        network.add_adapter(config)
        weights = {key: weight * 3 for key, weight in get_peft_model_state_dict(network).items()}
    pipe.save_lora_weights(file.parent, weight_name=file.name, safe_serialization=True, **{f"{name}_lora_layers": weights})
    return file


def build_face_adapter(model: Path, folder: Path, seed: int = 2) -> Path:
    """Write an IP-Adapter with its picture encoder for a tiny SD 1.5 or SDXL; return the folder."""
    silence_libraries(offline=True)
    hush_libraries()
    import torch
    from diffusers import UNet2DConditionModel
    from safetensors.torch import save_file
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

    unet: Any = UNet2DConditionModel.from_pretrained(model, subfolder="unet", local_files_only=True)
    width = unet.config.cross_attention_dim
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        sizes: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 37, "num_hidden_layers": 2, "num_attention_heads": 4}
        config = CLIPVisionConfig(image_size=32, patch_size=8, projection_dim=FACE_WIDTH, **sizes)
        CLIPVisionModelWithProjection(config).save_pretrained(folder / "image_encoder")
        weights = {
            "image_proj.proj.weight": torch.randn(4 * width, FACE_WIDTH),
            "image_proj.proj.bias": torch.zeros(4 * width),
            "image_proj.norm.weight": torch.ones(width),
            "image_proj.norm.bias": torch.zeros(width),
        }
        number = 1
        for name, layer in unet.named_modules():
            if name.endswith("attn2"):
                inner = layer.to_k.weight.shape[0]
                weights |= {f"ip_adapter.{number}.to_{k}_ip.weight": torch.randn(inner, width) for k in "kv"}
                number += 2
    CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}).save_pretrained(
        folder / "image_encoder"
    )
    save_file(weights, folder / ADAPTER_FILE)
    return folder


def build_pose_net(model: Path, folder: Path, seed: int = 3) -> Path:
    """Write a ControlNet for a tiny SD 1.5 or SDXL; return the folder."""
    silence_libraries(offline=True)
    hush_libraries()
    import torch
    from diffusers import ControlNetModel, UNet2DConditionModel

    unet: Any = UNet2DConditionModel.from_pretrained(model, subfolder="unet", local_files_only=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net: Any = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(8, 8, 16, 16))
        hint = [layer for layer in net.controlnet_cond_embedding.modules() if isinstance(layer, torch.nn.Conv2d)]
        for block in (*net.controlnet_down_blocks, net.controlnet_mid_block, *hint):
            torch.nn.init.normal_(block.weight, std=0.3)  # they begin at zero, which changes nothing
    net.save_pretrained(folder)
    return folder
