"""Writes to the translation memory and the glossary. Each function is one transaction."""

from mawsim.translation.actions.glossary import TermData, delete_terms, save_term_set, save_terms
from mawsim.translation.actions.memory import Unit, forget, remember

__all__ = ["TermData", "Unit", "delete_terms", "forget", "remember", "save_term_set", "save_terms"]
