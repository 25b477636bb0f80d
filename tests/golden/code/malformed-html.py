"""Shows answers as pages."""
import gradio as gr
import streamlit as st
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from openai import OpenAI

client = OpenAI(timeout=20)
app = FastAPI()


def ask(prompt):
    out = client.responses.create(model="gpt-4o", input=prompt, max_output_tokens=300)
    return out.output_text


def chat():
    prompt = st.chat_input("Your question")
    if prompt:
        answer = ask(prompt)
        st.markdown(answer, unsafe_allow_html=True)  # expect: code.html-model-output


def card(prompt):
    body = ask(prompt)
    return Markup(f"<div class='card'>{body}</div>")  # expect: code.html-model-output


def panel(prompt):
    return gr.HTML("<b>" + ask(prompt) + "</b>")  # expect: code.html-model-output


def page(prompt):
    reply = ask(prompt)
    return HTMLResponse(content="<html><body>" + reply + "</body></html>")  # expect: code.html-model-output
