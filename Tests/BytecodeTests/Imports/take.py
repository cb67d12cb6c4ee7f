"""Imports the modules that make.py made, and prints for each the value of X, or "raised"; an empty value for none.

    take.py < what make.py printed
"""
import sys

for line in sys.stdin.read().splitlines():
    folder, module, path = line.split("\t")
    sys.path.insert(0, folder)
    try:
        outcome = getattr(__import__(module), "X", "")
    except Exception:
        outcome = "raised"
    sys.path.remove(folder)
    sys.stdout.write("%s\n" % outcome)
