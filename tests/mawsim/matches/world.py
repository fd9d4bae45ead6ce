"""A small world to search in: a real static model of a few dozen words in seven languages, and listings.

Words of one concept lie close together whatever their language, which is what the bundled model does
for whole vocabularies. Test modules import the fixtures from here.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, pre_tokenizers

from matching.embedding import artefact
from mawsim.accounts.models import Organisation
from mawsim.listings.models import Kind, Listing, Status
from mawsim.matches import actions, engine, reader

DIMENSION = 64
CONCEPTS = {
    "palm": "palm plantation oil 팜 농장 sawit kebun cọ dầu نخيل مزرعة ปาล์ม",
    "drone": "drone drones aerial 드론 항공 pesawat bay طائرة درون โดรน",
    "disease": "disease diseased sick 병든 질병 penyakit bệnh مرض โรค",
    "xray": "xray chest radiology 엑스레이 흉부 rontgen ngực أشعة صدر เอกซเรย์",
    "hospital": "hospital hospitals patient 병원 환자 rumah sakit viện مستشفى مريض โรงพยาบาล",
    "fraud": "fraud payment card 사기 결제 penipuan gian lận احتيال دفع โกง",
    "fund": "fund capital invest 펀드 투자 dana quỹ صندوق استثمار ทุน",
    "speech": "speech voice call 음성 콜센터 suara giọng صوت เสียง",
}
_STATIC = "sentence_transformers.sentence_transformer.modules"
_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": f"{_STATIC}.static_embedding.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{_STATIC}.normalize.Normalize"},
]


def write_model(folder: Path, *, seed: int = 0) -> Path:
    """Write a model folder as the project ships one; another seed gives other vectors and another name."""
    random = np.random.default_rng(seed)
    words, vectors = ["[UNK]"], [np.zeros(DIMENSION)]
    for concept in CONCEPTS.values():
        centre = random.normal(size=DIMENSION)
        for word in concept.split():
            words.append(word)
            vectors.append(centre + random.normal(scale=0.25, size=DIMENSION))
    scales = np.abs(vectors).max(axis=1) / 127
    scales[0] = 1
    rows = np.rint(np.array(vectors) / scales[:, None]).astype(np.int8)
    (folder / "1_Normalize").mkdir(parents=True)
    tensors = {"static.rows": rows, "static.scales": scales.astype(np.float32)}
    save_file(tensors, folder / artefact.STATIC)
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / artefact.TOKENIZER))
    (folder / "modules.json").write_text(json.dumps(_MODULES))
    (folder / "1_Normalize" / "config.json").write_text("{}")
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"model_type": "SentenceTransformer", "__version__": {}, "prompts": {}})
    )
    names = [artefact.STATIC, artefact.TOKENIZER, "modules.json", "config_sentence_transformers.json"]
    files = {name: artefact.sha256(folder / name) for name in names}
    manifest = {
        "format": artefact.FORMAT,
        "name": f"tiny@{files[artefact.STATIC][:8]}",
        "dimension": DIMENSION,
        "vocabulary": len(words),
        "layers": 0,
        "heads": 0,
        "window": 0,
        "share": 0.0,
        "files": files,
    }
    (folder / artefact.MANIFEST).write_text(json.dumps(manifest))
    return folder


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def engine_room(
    tiny_model: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The tiny model, an index folder of one's own, and a reader that looks before every search.

    Listings are embedded by the light path, since the full one (whose vectors are the same, see
    test_engine) costs the import of torch.
    """
    settings.EMBEDDING_MODEL = str(tiny_model)
    settings.SNAPSHOT_DIR = tmp_path / "index"
    monkeypatch.setattr(reader, "POLL_SECONDS", 0.0)
    monkeypatch.setattr(engine, "document_encoder", engine.light_document_encoder)
    reader.reset()
    yield
    reader.reset()


def publish(organisation: Organisation, title: str, **fields: Any) -> Listing:
    """A public listing; `fields` override what it has of its own accord."""
    now = timezone.now()
    values: dict[str, Any] = {
        "kind": Kind.OFFER,
        "pillar": "technology",
        "summary": title,
        "source_language": organisation.language,
        "status": Status.PUBLISHED,
        "published_at": now,
        "expires_at": now + timedelta(days=365),
    }
    return Listing.objects.create(organisation=organisation, title=title, **values | fields)


def index() -> int:
    return actions.index_pending()
