"""Iterative path patching on PyTorch the plain way: one hooked forward pass a sender.

Commands, one a line on standard input; each is answered with one JSON line:

    facts                               versions and threads
    cache FILE                          runs good_tokens and bad_tokens of a safetensors file, keeps
                                        every head's and MLP's output at the last position
    sender RECEIVER LAYER HEAD          one score: RECEIVER is `logits` or an MLP's layer, HEAD a head
                                        or `mlp`; answers seconds and the mean probability difference
    quit

Heads and MLPs off the path are held at the good run by hooks, the MLPs from RECEIVER on are
recomputed, and logits are of the last position only: less work than all positions' logits.
"""

import argparse
import json
import os
import sys
import time


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


ARGUMENTS = parse_arguments()
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(ARGUMENTS.threads)
os.environ["HF_HUB_OFFLINE"] = "1"

import torch  # noqa: E402
import transformers  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

torch.set_num_threads(ARGUMENTS.threads)
torch.set_grad_enabled(False)
END = -1


class Sweep:
    def __init__(self, model, path):
        arrays = load_file(path)
        self.model = model
        self.good = arrays["good_tokens"].long()
        self.years = arrays["year_token_ids"].long()
        self.right = torch.arange(100)[None] > arrays["YY"].long()[:, None]
        self.clean = self.keep(self.good)
        self.corrupt = self.keep(arrays["bad_tokens"].long())

    def keep(self, tokens):
        kept = {}

        def before_projection(layer):
            def hook(_module, inputs):
                kept["z", layer] = inputs[0][:, END].clone()

            return hook

        def after_mlp(layer):
            def hook(_module, _inputs, output):
                kept["mlp", layer] = output[:, END].clone()

            return hook

        handles = []
        for layer, block in enumerate(self.model.transformer.h):
            handles.append(block.attn.c_proj.register_forward_pre_hook(before_projection(layer)))
            handles.append(block.mlp.register_forward_hook(after_mlp(layer)))
        self.model(tokens, use_cache=False, logits_to_keep=1)
        for handle in handles:
            handle.remove()
        return kept

    def patched(self, receiver, sender_layer, head):
        """Mean probability difference with one sender's direct path to `receiver` corrupted."""
        recomputed = range(receiver, self.model.config.n_layer) if receiver is not None else ()
        sender = (sender_layer, head)
        change = self.output(self.corrupt, *sender) - self.output(self.clean, *sender)

        def hold_heads(layer):
            def hook(_module, inputs):
                z = inputs[0].clone()
                z[:, END] = self.clean["z", layer]
                return (z,)

            return hook

        def hold_mlp(layer):
            def hook(_module, _inputs, output):
                held = output.clone()
                held[:, END] = self.clean["mlp", layer]
                return held

            return hook

        def add_change(_module, inputs):
            x = inputs[0].clone()
            x[:, END] += change
            return (x,)

        handles = []
        for layer, block in enumerate(self.model.transformer.h):
            handles.append(block.attn.c_proj.register_forward_pre_hook(hold_heads(layer)))
            if layer not in recomputed:
                handles.append(block.mlp.register_forward_hook(hold_mlp(layer)))
        place = self.model.transformer.ln_f if receiver is None else (
            self.model.transformer.h[receiver].ln_2
        )
        handles.append(place.register_forward_pre_hook(add_change))
        logits = self.model(self.good, use_cache=False, logits_to_keep=1).logits[:, 0]
        for handle in handles:
            handle.remove()
        return self.difference(logits)

    def output(self, run, layer, head):
        if head == "mlp":
            return run["mlp", layer]
        size = self.model.config.n_embd // self.model.config.n_head
        rows = slice(int(head) * size, (int(head) + 1) * size)
        return run["z", layer][:, rows] @ self.model.transformer.h[layer].attn.c_proj.weight[rows]

    def difference(self, logits):
        p = torch.softmax(logits, -1)[:, self.years]
        return ((p * self.right).sum(1) - (p * ~self.right).sum(1)).mean().item()


def main():
    model = transformers.GPT2LMHeadModel.from_pretrained(ARGUMENTS.model, dtype=torch.float32)
    model.eval()
    sweep = None
    for line in sys.stdin:
        words = line.split()
        if words == ["quit"]:
            break
        start = time.perf_counter()
        if words == ["facts"]:
            answer = {
                "torch": torch.__version__,
                "transformers": transformers.__version__,
                "threads": torch.get_num_threads(),
            }
        elif words[0] == "cache":
            sweep = Sweep(model, words[1])
            answer = {"seconds": time.perf_counter() - start}
        else:
            receiver = None if words[1] == "logits" else int(words[1])
            value = sweep.patched(receiver, int(words[2]), words[3])
            answer = {"seconds": time.perf_counter() - start, "prob_diff_mean": value}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
