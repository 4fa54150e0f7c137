"""`widerhall bench`: each part measures our own code and a reference beside it, in turns, in one run, in a temp folder.

Absolute times of one machine prove nothing; a ratio within one run says something on any machine (RELIABILITY 7).
"""
