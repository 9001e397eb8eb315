"""How answers are judged without the database: what is hidden, what is asked, and what of the reply counts.

material.py   the answers as the model sees them, and the way back to the candidate's own words
  masking.py      name and contact hidden
  injections.py   words to the model set aside
judge.py      one request per competency, and its reply held to what can be shown
"""
