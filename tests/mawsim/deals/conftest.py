from tests.mawsim.deals.fixtures import conversation, interest, listing, make_listing

__all__ = ["conversation", "interest", "listing", "make_listing"]
