"""One bot's shelf of files: what was uploaded to it and what its fans sent."""

from __future__ import annotations

import hashlib
import io
import warnings

from PIL import Image, UnidentifiedImageError

from evals.simulators.telegram.errors import bad_request
from evals.simulators.telegram.nouns import Json, StoredFile

PHOTO_BYTES = 10 * 1024 * 1024
DOWNLOAD_BYTES = 20 * 1024 * 1024
UPLOAD_BYTES = 50 * 1024 * 1024
_ENDINGS = {"photo": "jpg", "video": "mp4", "voice": "oga", "sticker": "webp"}
_MIMES = {"photo": "image/jpeg", "video": "video/mp4", "voice": "audio/ogg", "sticker": "image/webp"}


class FileShelf:
    """Files by their id and by their path. An id is good for this bot only, as with the real server."""

    def __init__(self, bot_id: int) -> None:
        self._bot_id = bot_id
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._thumbnails: dict[str, StoredFile] = {}

    def keep(self, kind: str, data: bytes, width: int = 0, height: int = 0) -> StoredFile:
        """Put a file on the shelf; the same bytes have the same unique id and an id of their own."""
        number = len(self._by_id)
        unique = hashlib.sha256(data).hexdigest()[:16]
        path = f"{kind}s/file_{number}.{_ENDINGS[kind]}"
        file = StoredFile(f"AgAC-{self._bot_id}-{number}-{unique}", unique, path, kind, _MIMES[kind], data, width, height)
        self._by_id[file.file_id] = self._by_path[path] = file
        return file

    def find(self, file_id: str) -> StoredFile | None:
        """Return the file of an id."""
        return self._by_id.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        """Return the file at a download path."""
        return self._by_path.get(path)

    def keep_photo(self, data: bytes) -> StoredFile:
        """Put a photo on the shelf. Raises `ApiError` for one that Telegram would not take."""
        if len(data) > PHOTO_BYTES:
            raise bad_request(f"file of size {len(data)} bytes is too big for a photo; the maximum size is {PHOTO_BYTES} bytes")
        width, height = measure(data)
        if width + height > 10000 or max(width, height) > 20 * min(width, height):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        return self.keep("photo", data, width, height)

    def photo_sizes(self, photo: StoredFile) -> list[Json]:
        """Return a photo's PhotoSize list, smallest first, as bots get it: a thumbnail where there is one, and the whole."""
        sizes = [photo.as_size()]
        if max(photo.width, photo.height) > 90:
            if photo.file_id not in self._thumbnails:
                self._thumbnails[photo.file_id] = self._thumbnail(photo)
            sizes.insert(0, self._thumbnails[photo.file_id].as_size())
        return sizes

    def _thumbnail(self, photo: StoredFile) -> StoredFile:
        out = io.BytesIO()
        with Image.open(io.BytesIO(photo.data)) as image:
            small = image.convert("RGB")
            small.thumbnail((90, 90))
            small.save(out, "JPEG")
        return self.keep("photo", out.getvalue(), small.width, small.height)


def measure(data: bytes) -> tuple[int, int]:
    """Return an image's width and height. Raises `ApiError` when it is no image."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                return image.size
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
