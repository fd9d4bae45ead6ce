from mawsim.translation.neural.agreement import is_held_out, mask_pair, shared_names
from mawsim.translation.neural.marks import are_kept, renumber


def test_facts_become_the_same_sentinels_on_both_sides() -> None:
    english = "We sold 1,200 units in 2025, 30% more."
    assert mask_pair(english, "2025년에 30% 많은 1200대를 팔았습니다.", "ko") == (
        "We sold ⟦1⟧ units in ⟦2⟧, ⟦3⟧ more.",
        "⟦2⟧년에 ⟦3⟧ 많은 ⟦1⟧대를 팔았습니다.",
    )


def test_grouping_digits_and_scripts_do_not_matter() -> None:
    assert mask_pair("It weighs 1,500 kg.", "Beratnya 1.500 kg.", "id") == (
        "It weighs ⟦1⟧.",
        "Beratnya ⟦1⟧.",
    )
    assert mask_pair("Open 24 hours.", "مفتوح ٢٤ ساعة.", "ar") == ("Open ⟦1⟧ hours.", "مفتوح ⟦1⟧ ساعة.")
    assert mask_pair("Due on 5 May 2026.", "2026년 5월 5일까지입니다.", "ko") == (
        "Due on ⟦1⟧.",
        "⟦1⟧까지입니다.",
    )


def test_the_same_figure_twice_is_two_facts() -> None:
    assert mask_pair("From 3 to 3.", "3에서 3까지.", "ko") == ("From ⟦1⟧ to ⟦2⟧.", "⟦1⟧에서 ⟦2⟧까지.")


def test_pairs_that_disagree_are_none() -> None:
    assert mask_pair("We have 40 beds.", "병상이 50개 있습니다.", "ko") is None
    assert mask_pair("We have forty beds.", "병상이 40개 있습니다.", "ko") is None
    assert mask_pair("It costs 5 billion won.", "50억 원입니다.", "ko") is None
    assert mask_pair("We have 40 beds.", "병상이 있습니다.", "ko") is None
    assert mask_pair("1 2 3 and", "1 2 3 그리고", "ko", at_most=2) is None


def test_shared_names_are_chosen_by_chance_but_always_the_same() -> None:
    english = "Deploy the model on Azure Machine Learning with VetScan."
    text = "VetScan 으로 Azure Machine Learning 에 모델을 배포합니다."
    assert shared_names(english, text, 1.0, 7) == ["Azure Machine Learning", "VetScan"]
    assert shared_names(english, text, 0.0, 7) == []
    assert shared_names(english, "모델을 배포합니다.", 1.0, 7) == []
    assert mask_pair(english, text, "ko", names=["Azure Machine Learning", "VetScan"]) == (
        "Deploy the model on ⟦1⟧ with ⟦2⟧.",
        "⟦2⟧ 으로 ⟦1⟧ 에 모델을 배포합니다.",
    )


def test_sentinels_are_counted_by_the_source() -> None:
    assert renumber("⟦2⟧년에 ⟦1⟧대", "⟦1⟧ units in ⟦2⟧") == ("⟦1⟧년에 ⟦2⟧대", "⟦2⟧ units in ⟦1⟧")
    assert are_kept("⟦1⟧ and ⟦2⟧", "⟦2⟧, ⟦1⟧")
    assert not are_kept("⟦1⟧ and ⟦2⟧", "⟦1⟧, ⟦1⟧")
    assert not are_kept("none", "⟦1⟧")


def test_a_document_is_held_out_in_every_language_or_in_none() -> None:
    names = [f"page-{number}" for number in range(2000)]
    held = [name for name in names if is_held_out("some/site", name, 0.1)]
    assert held == [name for name in names if is_held_out("some/site", name, 0.1)]
    assert 150 < len(held) < 250
