"""Prints the constants at the top of a Python script as JSON: script_constants.py SCRIPT"""
import ast
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    program = ast.parse(file.read())
constants = {}
for statement in program.body:
    if isinstance(statement, ast.Assign):
        constants[statement.targets[0].id] = ast.literal_eval(statement.value)
text = json.dumps(constants, ensure_ascii=False)
text.encode("utf-8")  # Python lets halves of characters pass until they name a file.
print(json.dumps(constants))
