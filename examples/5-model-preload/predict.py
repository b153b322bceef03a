import json
import os
import sys

with open(os.environ["MODEL"]) as file:
    model = json.load(file)

words = [sys.argv[1]]
while words[-1] in model and len(words) < 6:
    words.append(model[words[-1]])
print(" ".join(words))
