"""What the sentences of a reply are made of: classes of words in six languages, and what is wrong where some stand together."""
