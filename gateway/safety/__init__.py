"""The public page `/safety`: the crisis protocol, numbers to call, AI disclosure, age rules and whom to write to."""
