"""Shows answers as text."""
import html

import gradio as gr
import streamlit as st
from flask import Flask, render_template
from markupsafe import Markup, escape
from openai import OpenAI

client = OpenAI(timeout=20)
app = Flask(__name__)


def ask(prompt):
    out = client.responses.create(model="gpt-4o", input=prompt, max_output_tokens=300)
    return out.output_text


def chat():
    st.markdown("<style>footer {visibility: hidden}</style>", unsafe_allow_html=True)
    prompt = st.chat_input("Your question")
    if prompt:
        st.markdown(ask(prompt))


def card(prompt):
    return Markup("<div>{}</div>").format(ask(prompt))


def box(prompt):
    return gr.HTML("<b>" + html.escape(ask(prompt)) + "</b>")


def escaped(prompt):
    return Markup("<p>") + escape(ask(prompt)) + Markup("</p>")


def page(prompt):
    return render_template("answer.html", answer=ask(prompt))
