"""The net once more, in numpy and double precision, with the adapters beside the packaged matrices as they were
trained: what the runtime, which merges them, must match."""
import math

import numpy as np
import scipy.special
from package import LAYERS

HEADS = 12
NORM_EPSILON = 1e-12


class Reference:
    def __init__(self, packaged, adapters):
        self.packaged = {name: values.astype(np.float64) for name, values in packaged.items()}
        self.adapters = {name: values.astype(np.float64) for name, values in adapters.items()}

    def linear(self, layer, name, packaged_name, x):
        ours = f"layers.{layer}.{name}"
        y = x @ self.packaged[f"encoder.layer.{layer}.{packaged_name}.weight"].T
        return y + x @ self.adapters[f"{ours}.down"].T @ self.adapters[f"{ours}.up"].T + self.adapters[f"{ours}.bias"]

    def norm(self, name, x):
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + NORM_EPSILON)
        return x * self.adapters[f"{name}.weight"] + self.adapters[f"{name}.bias"]

    def attention(self, layer, x):
        def heads(name):
            return self.linear(layer, name, f"attention.self.{name}", x).reshape(len(x), HEADS, -1).transpose(1, 0, 2)

        query, key, value = heads("query"), heads("key"), heads("value")
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(query.shape[-1])
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        return (weights @ value).transpose(1, 0, 2).reshape(x.shape)

    def vector(self, ids):
        """[384]: the mean over the tokens after the last layer."""
        embeddings = {name: self.packaged[f"embeddings.{name}_embeddings.weight"]
                      for name in ("word", "position", "token_type")}
        x = embeddings["word"][ids] + embeddings["position"][:len(ids)] + embeddings["token_type"][0]
        x = self.norm("embedding_norm", x)
        for layer in range(LAYERS):
            attended = self.linear(layer, "attended", "attention.output.dense", self.attention(layer, x))
            x = self.norm(f"layers.{layer}.attention_norm", x + attended)
            inner = self.linear(layer, "inner", "intermediate.dense", x)
            inner = inner * (1 + scipy.special.erf(inner / math.sqrt(2))) / 2
            x = self.norm(f"layers.{layer}.norm", x + self.linear(layer, "outer", "output.dense", inner))
        return x.mean(0)

    def probabilities(self, ids):
        hidden = np.tanh(self.adapters["pooled.weight"] @ self.vector(ids) + self.adapters["pooled.bias"])
        logits = self.adapters["output.weight"] @ hidden + self.adapters["output.bias"]
        return 1 / (1 + np.exp(-logits * self.adapters["scale"] - self.adapters["shift"]))
