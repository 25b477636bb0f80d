"""Renders chat templates in the sandbox, and pages from the project's own folder."""
import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment


def render(path, messages):
    with open(path) as fh:
        template = fh.read()
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    return env.from_string(template).render(messages=messages)


def page(answer):
    env = jinja2.Environment(loader=jinja2.FileSystemLoader("templates"), autoescape=True)
    return env.get_template("answer.html").render(answer=answer)


def fixed(name):
    return jinja2.Template("Hello {{ name }}").render(name=name)
