"""How well intents are read, on our own labelled set and on CLINC150's file, beside baselines of the same run."""
