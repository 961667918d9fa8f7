"""Seconds and peak resident memory of loading a checkpoint with PyTorch.

Each way runs in a process of its own, because the peak of a process never falls again:

    load_safetensors.py load_file DIR         safetensors.torch.load_file, tensors only
    load_safetensors.py from_pretrained DIR   transformers.GPT2LMHeadModel.from_pretrained

Prints one JSON line. `touched` forces every page in: a memory-mapped tensor costs nothing unread.
"""

import argparse
import json
import os
import resource
import time

os.environ["HF_HUB_OFFLINE"] = "1"


def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def resident_bytes():
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def load_file(directory):
    from safetensors.torch import load_file as load

    return list(load(os.path.join(directory, "model.safetensors")).values())


def from_pretrained(directory):
    import torch
    import transformers

    model = transformers.GPT2LMHeadModel.from_pretrained(directory, dtype=torch.float32)
    return list(model.state_dict().values())


WAYS = {"load_file": load_file, "from_pretrained": from_pretrained}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("directory")
    arguments = parser.parse_args()

    import torch
    import transformers  # noqa: F401  imported before the clock starts

    torch.set_num_threads(2)
    before = resident_bytes()
    start = time.perf_counter()
    tensors = WAYS[arguments.way](arguments.directory)
    loaded = time.perf_counter() - start
    # A sum reads every element without copying a tensor.
    checksum = sum(float(tensor.sum()) for tensor in tensors)
    touched = time.perf_counter() - start
    answer = {
        "way": arguments.way,
        "file_bytes": os.path.getsize(os.path.join(arguments.directory, "model.safetensors")),
        "seconds": loaded,
        "seconds_touched": touched,
        "resident_before_bytes": before,
        "peak_bytes": peak_bytes(),
        "tensors": len(tensors),
        "checksum": checksum,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
