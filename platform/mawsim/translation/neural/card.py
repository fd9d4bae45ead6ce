"""Stage `card`: README.md of the model folder - what it is, what went in, what it can and cannot do."""

import json
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

from .artefact import NeuralModel, is_model
from .config import NeuralConfig
from .evaluate import REPORT
from .prepare import clean_folder
from .train import LOG

_HOW = """## How to train it

On any machine with the corpus (once; the results can be carried elsewhere):

    python -m mawsim.translation.neural prepare --corpus DIR --work WORK
    python -m mawsim.translation.neural vocabulary --work WORK
    python -m mawsim.translation.neural pack --work WORK

On a machine with a GPU, which needs `platform/mawsim/translation/neural` and `WORK/packed`, and of libraries
PyTorch, numpy, sentencepiece and sacrebleu alone. Half an hour; a run that was broken off goes on where it
was when the command is given again:

    cd platform/mawsim/translation
    python -m neural train --work WORK --set minutes=28
    python -m neural average --work WORK

Back here, with `WORK/averaged` (parts of at most 16 MiB):

    for stage in export evaluate card; do python -m mawsim.translation.neural $stage --work WORK; done

The site uses a model that lies in this folder without any setting: its engines are then `memory,neural`.
"""

_LIMITS = """## Limits

- Sentences of up to about 160 pieces with up to 20 facts; anything else is left to other engines.
- Figures, dates, identifiers and names reach the model as sentinels. A translation that loses one is
  thrown away, and the original is shown.
- The training text is software, documentation, courses and some prose, and the names of the concepts of
  the field; trade, law and medicine are thin, and Lao, Khmer, Burmese and Filipino have the least of it.
- Pairs without English are joined on their English sentence; politeness and gender may be lost by that.
"""


def write_card(config: NeuralConfig) -> None:
    """Write README.md for the model in `config.out`, or for the lack of one."""
    config.out.mkdir(parents=True, exist_ok=True)
    state = _describe_model(config) if is_model(config.out) else _describe_lack(config)
    text = [f"# Mawsim {config.version}\n", state, _describe_recipe(config), _HOW, _LIMITS, _sources(config)]
    (config.out / "README.md").write_text("\n".join(text).rstrip() + "\n", encoding="utf-8")


def _describe_recipe(config: NeuralConfig) -> str:
    return f"""## What it is

A transformer for all directions between {len(config.languages)} languages:
{config.encoder_layers} encoder and {config.decoder_layers} decoder layers of {config.dimension} dimensions,
one table of {config.vocabulary_size:,} pieces for every script,
about {_parameters(config) / 1e6:.0f} million parameters, a byte each where CTranslate2 runs them (int8).
A tag before the source asks for the target language. Facts are sentinels in the vocabulary.
"""


def _parameters(config: NeuralConfig) -> int:
    attention, feed = 4 * config.dimension**2, 2 * config.dimension * config.feed_forward
    layers = config.encoder_layers * (attention + feed) + config.decoder_layers * (2 * attention + feed)
    return layers + config.vocabulary_size * config.dimension


def _describe_lack(config: NeuralConfig) -> str:
    lines = [
        "**No weights are shipped yet.** The pipeline below is complete and tested from end to end on a",
        "small corpus, but the model has not been trained: no GPU was at hand, and a CPU takes too long.",
        "",
        "- What is missing: `manifest.json` and the parts of `model.bin` in this folder. Until then the",
        "  engine `neural` is off, and the site's default engine is the memory alone.",
        "- Nothing is known yet of its quality. It is to be shipped only if it keeps every fact and reaches",
        "  a chrF++ of 30 on held-out text of the field.",
    ]
    if speed := _speed(config.work / LOG):
        rate, fill, work = speed
        planned = config.steps * 2 * config.batch_tokens * config.accumulate * fill
        hours, needed = planned / rate / 3600, planned / (28 * 60)
        lines += [
            f"- Measured in a short run of the network in full size ({work}): {rate:,.0f} tokens/s,",
            f"  both sides counted. It takes {config.steps:,} steps, {planned / 1e6:,.0f} million tokens:",
            f"  {hours:,.0f} hours at that speed. To finish them in 28 minutes a GPU has to do",
            f"  {needed:,.0f} tokens/s (not measured); a slower one stops at fewer steps.",
        ]
    return "\n".join([*lines, ""])


def _speed(log: Path) -> tuple[float, float, str] | None:
    """The median of (tokens/s, share of the budget that is no padding), and where that was measured."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    rows: list[dict[str, Any]] = [row for row in map(json.loads, lines) if "tokens_per_second" in row]
    if not rows:
        return None
    rate, fill = (median(float(row[name]) for row in rows) for name in ("tokens_per_second", "fill"))
    return rate, fill, str(rows[-1]["work"])


def _describe_model(config: NeuralConfig) -> str:
    name = NeuralModel(config.out).name
    report = json.loads((config.work / REPORT).read_text(encoding="utf-8"))
    if report["model"] != name:
        raise ValueError(f"{REPORT} is about {report['model']}, not {name}: run `evaluate` first")
    rows = [
        f"| {direction} | {row['texts']} | {row['chrf']} | {row['accepted']} | {_or_dash(row['facts'])} |"
        for direction, row in report["directions"].items()
    ]
    head = "| direction | texts | chrF++ | accepted | facts kept |\n|---|---|---|---|---|"
    speed = f"Measured at {report['texts_per_second']} texts/s on one thread."
    return "\n".join(
        [f"Version `{name}`. On held-out documents, facts hidden and restored:\n", head, *rows, "", speed, ""]
    )


def _or_dash(value: float | None) -> str:
    return "-" if value is None else str(value)


def _sources(config: NeuralConfig) -> str:
    used: Counter[tuple[str, str]] = Counter()
    for path in sorted(clean_folder(config).glob("*.json")):
        for name, (licence, count) in json.loads(path.read_text(encoding="utf-8"))["sources"].items():
            used[name, licence] += count
    if not used or not is_model(config.out):
        return ""
    rows = [f"| {name} | {licence} | {count} |" for (name, licence), count in used.most_common()]
    return "\n".join(
        [
            "## Sources and licences\n",
            "Nothing under the GPL family went in. Because some sources are share-alike, the weights are",
            "licensed CC BY-SA 4.0; the attribution is this table.\n",
            "| source | licence | pairs |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )
