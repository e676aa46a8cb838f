"""all-MiniLM-L6-v2 in torch, with what training adds: low-rank adapters beside every linear layer, and a head for 28 labels."""
import math

import safetensors.torch
import torch
import torch.nn.functional as F
from torch import nn

LAYERS = 6
WIDTH = 384
HEADS = 12
NORM_EPSILON = 1e-12
LABELS = 28


class AdaptedLinear(nn.Module):
    """x W' + b, where W is the packaged matrix plus up * down; W stays, the others learn."""

    def __init__(self, weight, bias, rank):
        super().__init__()
        outputs, inputs = weight.shape
        self.register_buffer("weight", weight, persistent=False)
        self.bias = nn.Parameter(bias.clone())
        self.down = nn.Parameter(torch.empty(rank, inputs))
        self.up = nn.Parameter(torch.zeros(outputs, rank))
        nn.init.normal_(self.down, std=1 / math.sqrt(inputs))

    def forward(self, x):
        packaged = F.linear(x, self.weight.to(x.dtype), self.bias.to(x.dtype))
        return packaged + F.linear(F.linear(x, self.down.to(x.dtype)), self.up.to(x.dtype))


class Norm(nn.Module):
    def __init__(self, weight, bias):
        super().__init__()
        self.weight = nn.Parameter(weight.clone())
        self.bias = nn.Parameter(bias.clone())

    def forward(self, x):
        return F.layer_norm(x, (WIDTH,), self.weight.to(x.dtype), self.bias.to(x.dtype), NORM_EPSILON)


class Layer(nn.Module):
    def __init__(self, linear, norm, dropout):
        super().__init__()
        self.query = linear("attention.self.query")
        self.key = linear("attention.self.key")
        self.value = linear("attention.self.value")
        self.attended = linear("attention.output.dense")
        self.attention_norm = norm("attention.output.LayerNorm")
        self.inner = linear("intermediate.dense")
        self.outer = linear("output.dense")
        self.norm = norm("output.LayerNorm")
        self.dropout = dropout

    def forward(self, x, mask):
        def heads(values):
            return values.view(*values.shape[:2], HEADS, -1).transpose(1, 2)

        attended = F.scaled_dot_product_attention(heads(self.query(x)), heads(self.key(x)), heads(self.value(x)), mask)
        attended = self.attended(attended.transpose(1, 2).reshape(x.shape))
        x = self.attention_norm(x + F.dropout(attended, self.dropout, self.training))
        inner = self.outer(F.gelu(self.inner(x)))
        return self.norm(x + F.dropout(inner, self.dropout, self.training))


class EmotionNet(nn.Module):
    """ids and mask [sentences, tokens] -> logits [sentences, 28]. `precision` is the type that the layers compute in."""

    def __init__(self, package, rank, dropout=0.1, precision=torch.float32):
        super().__init__()
        packaged = safetensors.torch.load_file(package / "model.safetensors")

        def linear(name):
            return AdaptedLinear(packaged[f"{name}.weight"].to(precision), packaged[f"{name}.bias"], rank)

        def norm(name):
            return Norm(packaged[f"{name}.weight"], packaged[f"{name}.bias"])

        self.register_buffer("words", packaged["embeddings.word_embeddings.weight"], persistent=False)
        # Every sentence is of the first of the two types, so that its row can be added to the positions.
        positions = packaged["embeddings.position_embeddings.weight"] + packaged["embeddings.token_type_embeddings.weight"][0]
        self.register_buffer("positions", positions, persistent=False)
        self.embedding_norm = norm("embeddings.LayerNorm")
        self.layers = nn.ModuleList(
            Layer(lambda part, i=i: linear(f"encoder.layer.{i}.{part}"), lambda part, i=i: norm(f"encoder.layer.{i}.{part}"),
                  dropout) for i in range(LAYERS))
        self.pooled = nn.Linear(WIDTH, WIDTH)
        self.output = nn.Linear(WIDTH, LABELS)
        self.dropout = dropout
        self.precision = precision

    def forward(self, ids, mask):
        x = self.embedding_norm(self.words[ids] + self.positions[:ids.shape[1]])
        x = F.dropout(x, self.dropout, self.training).to(self.precision)
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :])
        weights = (mask / mask.sum(1, keepdim=True)).unsqueeze(1)
        mean = torch.bmm(weights, x.float()).squeeze(1)
        hidden = torch.tanh(self.pooled(F.dropout(mean, self.dropout, self.training)))
        return self.output(F.dropout(hidden, self.dropout, self.training))
