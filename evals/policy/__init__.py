"""What the policy rules catch, and what they wrongly stop: on our own labelled messages, and on public files beside them."""
