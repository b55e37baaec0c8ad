"""The watch: what must not be missed in a fan's words, by meaning and wording, learnt of labelled examples."""
