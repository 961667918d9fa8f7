"""Reductions in variance the plain way: a pandas groupby a feature, over all positions.

Commands, one a line on standard input; each is answered with one JSON line:

    facts                      versions and threads
    load FILE                  a safetensors file: tokens int32 [B, T], activations float32 [n, B*T]
                               before GELU, features uint8 [F, V]; exact GELU is taken, and timed
    explain KIND FIRST COUNT   COUNT features from FIRST on, of the token (KIND `token`) or of the one
                               before (`prev_token`): seconds, and the reductions [COUNT, n]
    exact KIND FIRST COUNT     the same from float64 columns: pandas sums float32 ones in float32
    quit
"""

import argparse
import json
import os
import sys
import time


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


ARGUMENTS = parse_arguments()
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(ARGUMENTS.threads)

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import torch  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

torch.set_num_threads(ARGUMENTS.threads)
torch.set_grad_enabled(False)


class Corpus:
    def __init__(self, path):
        arrays = load_file(path)
        tokens = arrays["tokens"].long()
        previous = torch.roll(tokens, 1, dims=1)
        previous[:, 0] = -1
        self.features = arrays["features"].bool().numpy()
        self.frame = pd.DataFrame(
            {"token": tokens.flatten().numpy(), "prev_token": previous.flatten().numpy()}
        )
        self.pre = arrays["activations"]
        self.neurons = [f"0.{i}" for i in range(len(self.pre))]

    def activate(self):
        gelu = torch.nn.GELU()
        for name, values in zip(self.neurons, self.pre, strict=True):
            self.frame[name] = gelu(values).numpy()

    def reduction(self, frame, kind, feature):
        ids = np.flatnonzero(self.features[feature])
        frame["feature"] = frame[kind].isin(ids)
        variance = frame[self.neurons].var(axis=0)
        groups = frame.groupby("feature")
        within = groups[self.neurons].var().T
        share = groups.size() / len(frame)
        if len(share) < 2:
            return [None] * len(self.neurons)
        split = share[False] * within[False] + share[True] * within[True]
        values = ((variance - split) / variance).tolist()
        return [value if np.isfinite(value) else None for value in values]


def main():
    corpus = None
    for line in sys.stdin:
        words = line.split()
        if words == ["quit"]:
            break
        start = time.perf_counter()
        if words == ["facts"]:
            answer = {
                "torch": torch.__version__,
                "pandas": pd.__version__,
                "numpy": np.__version__,
                "threads": torch.get_num_threads(),
            }
        elif words[0] == "load":
            corpus = Corpus(words[1])
            start = time.perf_counter()
            corpus.activate()
            answer = {"seconds": time.perf_counter() - start}
        else:
            frame = corpus.frame
            if words[0] == "exact":
                frame = frame.astype({name: "float64" for name in corpus.neurons})
            first, count = int(words[2]), int(words[3])
            values = [corpus.reduction(frame, words[1], f) for f in range(first, first + count)]
            answer = {"seconds": time.perf_counter() - start, "reductions": values}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
