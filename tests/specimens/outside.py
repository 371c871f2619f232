"""The world outside: clock, environment, files, arguments, and generators that are not torch's."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import random
import sys
import tempfile
import time
import uuid
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from torch import nn

from tests.specimens.base import Witness, frozen

READ = "outside-read"
FILE = Path(tempfile.gettempdir()) / f"tracelab-specimen-{os.getpid()}.json"
DICE = random.Random(3)
NUMPY_DICE = np.random.default_rng(3)


def _ones():
    return (torch.ones(3),)


def _write(text="2.0"):
    FILE.write_text(text)


@contextlib.contextmanager
def _other_file():
    _write("5.0")
    yield
    _write()


def _reroll():
    global DICE, NUMPY_DICE
    DICE, NUMPY_DICE = random.Random(3), np.random.default_rng(3)


LATER = Witness()
ENVIRONMENT = Witness(around=lambda: mock.patch.dict(os.environ, {"TRACELAB_SPECIMEN": "5"}))
OTHER_FILE = Witness(around=_other_file)
OTHER_SEED = Witness(seed=8)


@frozen(READ, _ones, LATER, volatile=True)
def reads_the_clock(x):
    return x + time.time() * 1e6 % 100003  # frozen: reads_the_clock


@frozen(READ, _ones, LATER, volatile=True)
def reads_the_counter(x):
    start = time.perf_counter_ns()  # frozen: reads_the_counter
    return x * (start % 100003)


@frozen(READ, _ones, LATER, volatile=True)
def reads_the_date(x):
    moment = datetime.datetime.now()  # frozen: reads_the_date
    return x + moment.microsecond


@frozen(READ, _ones, LATER, volatile=True)
def reads_strftime(x):
    stamp = time.strftime("%j")  # frozen: reads_strftime
    return x * int(stamp) + time.monotonic_ns() % 100003  # frozen: reads_strftime


@frozen(READ, _ones, ENVIRONMENT)
def reads_environ(x):
    gain = float(os.environ.get("TRACELAB_SPECIMEN", "1"))  # frozen: reads_environ
    return x * gain


@frozen(READ, _ones, ENVIRONMENT)
def asks_getenv(x):
    if os.getenv("TRACELAB_SPECIMEN"):  # frozen: asks_getenv
        return x - 1
    return x + 1


@frozen(READ, _ones, ENVIRONMENT)
def asks_environ_membership(x):
    return -x if "TRACELAB_SPECIMEN" in os.environ else x  # frozen: asks_environ_membership


@frozen(READ, _ones, OTHER_FILE, reset=_write)
def opens_a_file(x):
    with open(FILE) as file:  # frozen: opens_a_file
        gain = float(file.read())
    return x * gain


@frozen(READ, _ones, OTHER_FILE, reset=_write)
class LoadsSettings(nn.Module):
    def forward(self, x):
        return x * self.gain()

    def gain(self):
        return json.loads(FILE.read_text())  # frozen: LoadsSettings


@frozen(READ, _ones, Witness(around=lambda: mock.patch.object(sys, "argv", ["python", "--double"])))
def reads_argv(x):
    return x * 2 if "--double" in sys.argv else x  # frozen: reads_argv


@frozen(f"{READ}|random-draw", _ones, OTHER_SEED)
def draws_python_random(x):
    return x * random.uniform(1.0, 9.0)  # frozen: draws_python_random


@frozen(f"{READ}|random-draw", _ones, Witness(seed=11))
def chooses_by_python_random(x):
    if random.random() < 0.5:  # frozen: chooses_by_python_random
        return x * 2
    return x * 3


@frozen(f"{READ}|random-draw", _ones, Witness(calls=2), reset=_reroll)
def draws_from_its_dice(x):
    return x * DICE.random()  # frozen: draws_from_its_dice


@frozen(f"{READ}|random-draw", _ones, OTHER_SEED)
def draws_numpy_legacy(x):
    return x * np.random.rand()  # frozen: draws_numpy_legacy


@frozen(f"{READ}|random-draw", _ones, Witness(calls=2), reset=_reroll)
def draws_numpy_generator(x):
    return x * NUMPY_DICE.normal()  # frozen: draws_numpy_generator


@frozen(f"{READ}|random-draw|constant-tensor", _ones, OTHER_SEED)
def adds_numpy_noise(x):
    noise = np.random.standard_normal(3).astype(np.float32)  # frozen: adds_numpy_noise
    return x + torch.from_numpy(noise)  # frozen: adds_numpy_noise


@frozen(f"{READ}|random-draw", lambda: (torch.arange(12.0),), OTHER_SEED)
def shuffles_an_order(x):
    order = list(range(12))
    random.shuffle(order)  # frozen: shuffles_an_order
    return x[order]


@frozen(READ, _ones, LATER, volatile=True)
def makes_an_identifier(x):
    return x * (uuid.uuid4().int % 100003)  # frozen: makes_an_identifier


@frozen(READ, _ones, LATER, volatile=True)
def draws_from_the_system(x):
    return x * (int.from_bytes(os.urandom(4), "little") % 100003)  # frozen: draws_from_the_system


@frozen(READ, _ones, Witness(around=lambda: contextlib.chdir("/") if sys.version_info >= (3, 11) else _root()))
def asks_the_folder(x):
    return x * len(os.getcwd())  # frozen: asks_the_folder


@contextlib.contextmanager
def _root():
    before = Path.cwd()
    os.chdir("/")
    yield
    os.chdir(before)
