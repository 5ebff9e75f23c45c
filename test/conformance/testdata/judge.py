"""Renders templates by Jinja2: a line of JSON in, a line of JSON out."""

import json
import sys

import jinja2


def render(case, variables, files):
    options = case["options"]
    env = jinja2.Environment(
        loader=jinja2.DictLoader(files),
        undefined=jinja2.ChainableUndefined,
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
        trim_blocks=options == "trim",
        lstrip_blocks=options == "trim",
        keep_trailing_newline=options == "keep",
        autoescape=options == "escape",
    )
    try:
        return {"text": env.from_string(case["template"]).render(variables)}
    except Exception as wrong:
        return {"error": f"{type(wrong).__name__}: {wrong}"}


request = json.load(sys.stdin)
for case in request["cases"]:
    print(json.dumps(render(case, request["vars"], request["files"])))
