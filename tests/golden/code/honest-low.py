"""Low and informational findings only."""
import numpy as np
from fastapi import FastAPI
from openai import OpenAI
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, Dataset

app = FastAPI()
client = OpenAI(timeout=20)


class Noisy(Dataset):
    def __init__(self, x):
        self.x = x

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return self.x[i] + np.random.normal(size=self.x[i].shape)


def loader(x):
    return DataLoader(Noisy(x), batch_size=8, num_workers=4)  # expect: code.numpy-seed-workers


def split(scaler, x, y):
    x = scaler.fit_transform(x)  # expect: code.test-leak
    return train_test_split(x, y)


@app.post("/predict")
def predict(x: float):  # expect: code.endpoint-no-auth
    scores = model.predict_proba([[x]])
    return {"scores": scores.tolist()}  # expect: code.raw-scores


def decide(messages):
    return client.chat.completions.create(
        model="gpt-4o",
        messages=messages,
        max_tokens=10,
        temperature=1.9,  # expect: code.sampling-extreme
    )


def sums(requests, url):
    blob = requests.get(url + "/model.safetensors").content
    return blob
