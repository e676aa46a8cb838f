"""How should a net that Python trained reach C++? Measures a TorchScript file and an AOTInductor package of the emotion net next to
our own weights file, on one thread, in a Python with torch, numpy and a C++ compiler:

    python models/emotion/export_trial.py --models .deps/models/emotion --work FOLDER

The third way, our weights and torch's operations called from C++, is measured by benchmarks/torch/bench_torch_net."""
import argparse
import json
import pathlib
import platform
import struct
import time

import numpy as np
import torch
import torch.nn.functional as F

WIDTH, HEADS, LAYERS = 384, 12, 6


def read_weights(path):
    data = path.read_bytes()
    at, tensors = 16, {}
    for _ in range(struct.unpack_from("<I", data, 12)[0]):
        size, = struct.unpack_from("<I", data, at)
        name = data[at + 4:at + 4 + size].decode()
        rank, = struct.unpack_from("<I", data, at + 4 + size)
        shape = struct.unpack_from(f"<{rank}I", data, at + 8 + size)
        at += 8 + size + 4 * rank
        count = int(np.prod(shape))
        tensors[name] = torch.from_numpy(np.frombuffer(data, "<f4", count, at).reshape(shape).copy())
        at += 4 * count
    return tensors


class Net(torch.nn.Module):
    """ids and mask [sentences, tokens] to probabilities, as gpu/torch computes them without its kernels."""

    def __init__(self, tensors):
        super().__init__()
        self.names = {name: name.replace(".", "_") for name in tensors}
        for name, values in tensors.items():
            self.register_buffer(self.names[name], values)

    def part(self, name):
        return getattr(self, self.names[name])

    def linear(self, name, x):
        return F.linear(x, self.part(f"{name}.weight"), self.part(f"{name}.bias"))

    def norm(self, name, x):
        return F.layer_norm(x, (WIDTH,), self.part(f"{name}.weight"), self.part(f"{name}.bias"), 1e-12)

    def forward(self, ids, mask):
        embeddings = "embeddings.{}_embeddings.weight"
        positions = self.part(embeddings.format("position"))[:ids.shape[1]] + self.part(embeddings.format("token_type"))[0]
        x = self.norm("embeddings.LayerNorm", self.part(embeddings.format("word"))[ids] + positions)
        for i in range(LAYERS):
            layer = f"encoder.layer.{i}"
            parts = [self.linear(f"{layer}.attention.self.{part}", x).unflatten(2, (HEADS, -1)).transpose(1, 2)
                     for part in ("query", "key", "value")]
            attended = F.scaled_dot_product_attention(*parts, attn_mask=mask[:, None, None, :]).transpose(1, 2).flatten(2)
            x = self.norm(f"{layer}.attention.output.LayerNorm", x + self.linear(f"{layer}.attention.output.dense", attended))
            inner = F.gelu(self.linear(f"{layer}.intermediate.dense", x))
            x = self.norm(f"{layer}.output.LayerNorm", x + self.linear(f"{layer}.output.dense", inner))
        own = mask.unsqueeze(2)
        mean = (x * own).sum(1) / own.sum(1)
        return torch.sigmoid(self.linear("head.output", torch.tanh(self.linear("head.hidden", mean))))


def batch(rows, tokens=32):
    ids = torch.randint(1_000, 30_000, (rows, tokens), generator=torch.Generator().manual_seed(6))
    return ids, torch.ones(rows, tokens, dtype=torch.bool)


def median_ms(call, *given, rounds):
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        call(*given)
        times.append(1_000 * (time.perf_counter() - begun))
    return sorted(times)[rounds // 2]


def measured(path, made_s, load):
    begun = time.perf_counter()
    net = load(path)
    loaded_ms = 1_000 * (time.perf_counter() - begun)
    net(*batch(1)), net(*batch(64))
    return net, {"megabytes": round(path.stat().st_size / 1e6, 1), "export_s": round(made_s, 1), "load_ms": round(loaded_ms),
                 "batch_1_ms": round(median_ms(net, *batch(1), rounds=30), 2),
                 "batch_64_ms": round(median_ms(net, *batch(64), rounds=5))}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--models", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    weights = options.models / "emotion.weights"
    skipped = ("labels", "thresholds")
    net = Net({name: values for name, values in read_weights(weights).items() if name not in skipped}).eval()
    figures = {"machine": platform.processor() or platform.machine(), "torch": torch.__version__}
    with torch.inference_mode():
        expected = net(*batch(64))
        figures["python_modules"] = {"megabytes": round(weights.stat().st_size / 1e6, 1),
                                     "batch_1_ms": round(median_ms(net, *batch(1), rounds=30), 2),
                                     "batch_64_ms": round(median_ms(net, *batch(64), rounds=5))}
        print(json.dumps(figures), flush=True)
        path = options.work / "emotion.ts"
        begun = time.perf_counter()
        torch.jit.save(torch.jit.trace(net, batch(2), check_trace=False), path)
        script, figures["torchscript"] = measured(path, time.perf_counter() - begun, torch.jit.load)
        figures["torchscript"]["off_by"] = float((script(*batch(64)) - expected).abs().max())
        print(json.dumps(figures), flush=True)
    rows = torch.export.Dim("rows", min=1, max=64)
    begun = time.perf_counter()
    with torch.no_grad():
        exported = torch.export.export(net, batch(2), dynamic_shapes=({0: rows}, {0: rows}))
        path = pathlib.Path(torch._inductor.aoti_compile_and_package(exported, package_path=str(options.work / "emotion.pt2")))
    package, figures["aot_inductor"] = measured(path, time.perf_counter() - begun,
                                                lambda at: torch._inductor.aoti_load_package(str(at)))
    figures["aot_inductor"]["off_by"] = float((package(*batch(64)) - expected).abs().max())
    print(json.dumps(figures, indent=1))


main()
