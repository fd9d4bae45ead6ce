import unicodedata

from mawsim.translation.hashing import source_hash


def test_white_space_and_composition_do_not_count() -> None:
    assert source_hash(" 의료  영상\n판독 ") == source_hash("의료 영상 판독")
    assert source_hash(unicodedata.normalize("NFD", "Tập đoàn")) == source_hash("Tập đoàn")


def test_case_and_punctuation_count() -> None:
    assert len({source_hash(text) for text in ("MRI", "mri", "MRI.", "MR I")}) == 4


def test_it_is_sha256_in_hex() -> None:
    assert source_hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
