from django.urls import URLPattern, path

from mawsim.web.views import consortium, saved_searches, search, suggestions

urlpatterns: list[URLPattern] = [
    path("search/", search.search, name="search"),
    path("search/saved/", saved_searches.saved_searches, name="saved_searches"),
    path("search/saved/new/", saved_searches.new, name="saved_search_new"),
    path("search/saved/<str:public_id>/", saved_searches.run, name="saved_search"),
    path("search/saved/<str:public_id>/delete/", saved_searches.delete, name="saved_search_delete"),
    path("suggestions/", suggestions.suggestions, name="suggestions"),
    path("suggestions/shortlist/", suggestions.shortlist, name="shortlist"),
    path("listings/<str:public_id>/consortium/", consortium.consortium, name="consortium"),
    path("listings/<str:public_id>/suggestions/", suggestions.of_listing, name="listing_suggestions"),
    path("listings/<str:public_id>/verdict/", suggestions.verdict, name="verdict"),
]
