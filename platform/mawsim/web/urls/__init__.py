"""The site's pages, one module per area, all in the namespace "web"."""

from mawsim.web.urls import account, deals, listings, operator, organisations, public, search, translations

app_name = "web"
urlpatterns = [
    *public.urlpatterns,
    *account.urlpatterns,
    *organisations.urlpatterns,
    *listings.urlpatterns,
    *search.urlpatterns,
    *translations.urlpatterns,
    *deals.urlpatterns,
    *operator.urlpatterns,
]
