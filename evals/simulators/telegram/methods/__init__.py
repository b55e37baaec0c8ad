"""The methods of the Bot API that the simulator serves, by their names."""

from __future__ import annotations

from evals.simulators.telegram.methods import media, messages, payments, updates
from evals.simulators.telegram.methods.calls import Described, Method

METHODS: dict[str, Method] = {
    "getMe": updates.get_me,
    "setWebhook": updates.set_webhook,
    "deleteWebhook": updates.delete_webhook,
    "getWebhookInfo": updates.get_webhook_info,
    "getUpdates": updates.get_updates,
    "getBusinessConnection": updates.get_business_connection,
    "sendMessage": messages.send_message,
    "editMessageText": messages.edit_message_text,
    "deleteMessage": messages.delete_message,
    "sendChatAction": messages.send_chat_action,
    "sendPhoto": media.send_photo,
    "sendMediaGroup": media.send_media_group,
    "sendPaidMedia": media.send_paid_media,
    "getFile": media.get_file,
    "sendInvoice": payments.send_invoice,
    "answerPreCheckoutQuery": payments.answer_pre_checkout_query,
    "answerCallbackQuery": payments.answer_callback_query,
    "refundStarPayment": payments.refund_star_payment,
    "getMyStarBalance": payments.get_my_star_balance,
    "getStarTransactions": payments.get_star_transactions,
}

__all__ = ["METHODS", "Described", "Method"]
