"""Words by which the replies on every platform are known."""

from __future__ import annotations

SHARED_NOTICE = "Everyone here can read what you write"
TEXT_ONLY = "I can only read text"
CAPTION_ONLY = "I can't open photos or files"
GONE = "I can't use that button here"
PRIVACY = "Your questions are read by a program"
HELP = "You can ask me why you break out"
WHY = "healing skin gets more blood"
WARNING = "Call 999 now"
TOLD = "You tell me it has been 3 days"
THANKS = "Thank you."
ASKED_WHY = "Thank you. If you like, tell us why below."
NOT_KEPT = "I can't save that just now. Please try again later."
HELPED = ["✓ 👍 Helped", "👎 Did not help"]
DID_NOT_HELP = ["👍 Helped", "✓ 👎 Did not help"]
REASONS = ["Not what I asked", "Hard to understand", "Something is missing"]
