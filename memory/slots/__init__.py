"""Holes in fact sentences: each kind of slot takes a fan's raw words and gives the clean ones, or refuses.

| File | What |
|---|---|
| `table.py` | which slot takes what, by the name of its group in a rule's patterns |
| `names.py` `people.py` | given names and what one is not to be called; relations and pets |
| `places.py` `work.py` `things.py` | towns and countries; jobs, studies, where one works; likings and cars |
| `days.py` `wishes.py` | ages, birthdays, days; what not to talk about |
| `words.py` | the word lists, where a fan's words end, the occasion on which they were said |
"""
