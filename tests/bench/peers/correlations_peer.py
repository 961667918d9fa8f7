"""The original's correlation algorithm on CPU: per batch the two models' activations in float16, one
float32 product for each pair of layers added in float64, and a second run over all tokens for the
rotation baseline (spec/universal_neurons section 1.2). Usage: correlations_peer.py MODEL1 MODEL2
TOKENS ROWS BATCH THREADS. Prints JSON: tokens, seconds of each pass, mean largest correlations."""
import json
import sys
import time

import torch
from safetensors.torch import load_file
from transformers import GPT2LMHeadModel

first, second, tokens, rows, batch, threads = sys.argv[1:]
torch.set_grad_enabled(False)
torch.set_num_threads(int(threads))
X = load_file(tokens)["tokens"][: int(rows)].long()


def load(directory):
    model = GPT2LMHeadModel.from_pretrained(
        directory, attn_implementation="eager", dtype=torch.float32
    ).eval()
    model.post = {}
    for layer, block in enumerate(model.transformer.h):
        block.mlp.act.register_forward_hook(lambda _, a, o, i=layer: model.post.__setitem__(i, o))
    return model


def activations(model, rows):
    model.transformer(rows)
    post = torch.stack([model.post[i].flatten(0, 1).T for i in range(len(model.post))])
    return post.half()


def correlate(m1, m2, rotation):
    S1 = Q1 = S2 = Q2 = C = None
    n = 0
    bos = m1.config.bos_token_id
    for start in range(0, len(X), int(batch)):
        part = X[start : start + int(batch)]
        kept = (part != bos).flatten()
        a, b = activations(m1, part)[:, :, kept], activations(m2, part)[:, :, kept]
        b = torch.einsum("lij,ljt->lit", rotation.float(), b.float()) if rotation is not None else b
        if C is None:
            (L1, N1, _), (L2, N2, _) = a.shape, b.shape
            C = torch.zeros(L1, N1, L2, N2, dtype=torch.float64)
            S1, Q1 = torch.zeros(L1, N1, dtype=torch.float64), torch.zeros(L1, N1, dtype=torch.float64)
            S2, Q2 = torch.zeros(L2, N2, dtype=torch.float64), torch.zeros(L2, N2, dtype=torch.float64)
        n += int(kept.sum())
        # Summed in float32: float16 sums, as the release has them, overflow and are no faster.
        S1 += a.float().sum(-1)
        Q1 += (a.float() ** 2).sum(-1)
        S2 += b.float().sum(-1)
        Q2 += (b.float() ** 2).sum(-1)
        for l1 in range(len(a)):
            x = a[l1].float()
            for l2 in range(len(b)):
                C[l1, :, l2, :] += x @ b[l2].float().T
    best = []
    for l1 in range(len(C)):
        cov = C[l1] - S1[l1][:, None, None] * S2 / n
        r = cov / (Q1[l1] - S1[l1] ** 2 / n).sqrt()[:, None, None] / (Q2 - S2**2 / n).sqrt()
        best.append(r.half().flatten(1).float().nan_to_num(0).max(1).values)
    return torch.cat(best)


m1, m2 = load(first), load(second)
seconds, means = [], []
for rotated in (False, True):
    begun = time.perf_counter()
    rotation = None
    if rotated:
        layers, width = m2.config.n_layer, m2.config.n_inner or 4 * m2.config.n_embd
        rotation = torch.nn.functional.normalize(torch.randn(layers, width, width), dim=-1).half()
    best = correlate(m1, m2, rotation)
    seconds.append(time.perf_counter() - begun)
    means.append(best.mean().item())
print(json.dumps({"tokens": X.numel(), "seconds": seconds, "max_corr_mean": means}))
