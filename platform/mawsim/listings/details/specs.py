"""The fields of each pillar, as data. Codes are stored, labels are translated."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Choices = tuple[tuple[str, str | Promise], ...]


class Kind(StrEnum):
    NUMBER = "number"  # a whole number
    ONE = "one"  # one of `choices`
    SOME = "some"  # several of `choices`
    COUNTRY = "country"
    COUNTRIES = "countries"
    LANGUAGES = "languages"
    CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Spec:
    """A field. `low` and `high` bound a number; `amount_of` names the currency field of a sum of money."""

    name: str
    kind: Kind
    label: str | Promise
    help: str | Promise = ""
    choices: Choices = ()
    low: int = 1
    high: int = 1_000_000_000
    amount_of: str = ""


_TALENT = (
    Spec(
        "roles",
        Kind.SOME,
        _("Roles"),
        choices=(
            ("ml_engineer", _("Machine learning engineers")),
            ("data_scientist", _("Data scientists")),
            ("data_engineer", _("Data engineers")),
            ("researcher", _("AI researchers")),
            ("software_engineer", _("Software engineers")),
            ("infrastructure_engineer", _("Infrastructure and cloud engineers")),
            ("product_manager", _("Product and project managers")),
            ("domain_expert", _("Experts of the sector")),
            ("annotator", _("Data annotators")),
            ("localiser", _("Translators and language experts")),
            ("trainer", _("Trainers and lecturers")),
            ("student", _("Students and interns")),
        ),
    ),
    Spec("headcount", Kind.NUMBER, _("Number of people"), high=100_000),
    Spec("duration_months", Kind.NUMBER, _("Duration in months"), high=120),
)
_INFRASTRUCTURE = (
    Spec(
        "gpu_type",
        Kind.ONE,
        _("Type of processor"),
        choices=(
            ("nvidia-b300", "NVIDIA B300"),
            ("nvidia-b200", "NVIDIA B200"),
            ("nvidia-h200", "NVIDIA H200"),
            ("nvidia-h100", "NVIDIA H100"),
            ("nvidia-a100", "NVIDIA A100"),
            ("nvidia-l40s", "NVIDIA L40S"),
            ("nvidia-rtx", "NVIDIA RTX"),
            ("amd-mi300", "AMD Instinct MI300"),
            ("intel-gaudi", "Intel Gaudi"),
            ("google-tpu", "Google TPU"),
            ("korean-npu", _("Korean AI processor (NPU)")),
            ("cpu", _("CPU only")),
            ("other", _("Another type")),
        ),
    ),
    Spec("gpu_count", Kind.NUMBER, _("Number of processors"), high=1_000_000),
    Spec("location", Kind.COUNTRY, _("Location")),
    Spec(
        "availability",
        Kind.ONE,
        _("Availability"),
        choices=(
            ("now", _("Available now")),
            ("3_months", _("Within three months")),
            ("6_months", _("Within six months")),
            ("12_months", _("Within a year")),
            ("later", _("Later than a year")),
        ),
    ),
)
_DATA = (
    Spec(
        "modality",
        Kind.SOME,
        _("Kind of data"),
        choices=(
            ("text", _("Text")),
            ("speech", _("Speech and sound")),
            ("image", _("Images")),
            ("medical_image", _("Medical images")),
            ("video", _("Video")),
            ("tabular", _("Tables and records")),
            ("time_series", _("Sensor data and time series")),
            ("geospatial", _("Maps and satellite images")),
            ("three_d", _("3D and LiDAR")),
            ("genomic", _("Genetic data")),
        ),
    ),
    Spec("volume", Kind.NUMBER, _("Volume"), help=_("A number; its unit is the next field."), high=10**15),
    Spec(
        "volume_unit",
        Kind.ONE,
        _("Unit of the volume"),
        choices=(
            ("records", _("records")),
            ("sentences", _("sentences")),
            ("documents", _("documents")),
            ("images", _("images")),
            ("hours", _("hours")),
            ("people", _("people")),
            ("gb", _("gigabytes")),
            ("tb", _("terabytes")),
        ),
    ),
    Spec(
        "rights",
        Kind.ONE,
        _("Rights to the data"),
        choices=(
            ("owned", _("Owned by us")),
            ("licensed", _("Licensed with the right to pass on")),
            ("consented", _("Collected with consent")),
            ("anonymised", _("Anonymised")),
            ("open", _("Open data")),
            ("in_place", _("May be used in place only")),
            ("to_agree", _("To be agreed")),
        ),
    ),
)
_CAPITAL = (
    Spec("ticket_min", Kind.NUMBER, _("Smallest amount"), high=10**15, amount_of="currency"),
    Spec("ticket_max", Kind.NUMBER, _("Largest amount"), high=10**15, amount_of="currency"),
    Spec("currency", Kind.CURRENCY, _("Currency"), help=_("Three letters, for example USD.")),
    Spec(
        "instrument",
        Kind.SOME,
        _("Form of the funding"),
        choices=(
            ("equity", _("Equity")),
            ("convertible", _("Convertible loan")),
            ("debt", _("Loan")),
            ("islamic", _("Sharia-compliant financing")),
            ("grant", _("Grant")),
            ("project_finance", _("Project finance")),
            ("revenue_share", _("Revenue share")),
            ("fund", _("Stake in a fund")),
        ),
    ),
)
_MARKET = (
    Spec(
        "channels",
        Kind.SOME,
        _("Channels"),
        choices=(
            ("direct", _("Own sales force")),
            ("distributor", _("Distributors and resellers")),
            ("integrator", _("System integrators")),
            ("marketplace", _("Online marketplaces")),
            ("public_procurement", _("Public procurement")),
            ("telecom", _("Telecom operators")),
            ("hospitals", _("Hospital networks")),
            ("banks", _("Banks")),
            ("pilot_site", _("Pilot sites")),
            ("trade_fair", _("Trade fairs and missions")),
        ),
    ),
    Spec("regions", Kind.COUNTRIES, _("Countries that the channels reach")),
    Spec("languages", Kind.LANGUAGES, _("Languages of sales and support")),
)
_TECHNOLOGY = (
    Spec(
        "ipr_status",
        Kind.ONE,
        _("Intellectual property"),
        choices=(
            ("patent_granted", _("Patent granted")),
            ("patent_pending", _("Patent pending")),
            ("copyright", _("Copyright")),
            ("trade_secret", _("Trade secret")),
            ("licensed", _("Licensed from others")),
            ("open_source", _("Open source")),
            ("none", _("No protection")),
        ),
    ),
    Spec(
        "deployment",
        Kind.SOME,
        _("Ways to run it"),
        choices=(
            ("saas", _("Cloud service")),
            ("private_cloud", _("Private cloud")),
            ("on_premises", _("On the customer's premises")),
            ("edge", _("On the device")),
            ("api", _("Programming interface (API)")),
            ("mobile", _("Mobile application")),
            ("hardware", _("With own hardware")),
        ),
    ),
)
PILLARS: dict[str, tuple[Spec, ...]] = {
    "technology": _TECHNOLOGY,
    "talent": _TALENT,
    "infrastructure": _INFRASTRUCTURE,
    "data": _DATA,
    "capital": _CAPITAL,
    "market": _MARKET,
}


def specs_of(pillar: str) -> tuple[Spec, ...]:
    """The fields of a pillar; none for a code that is no pillar."""
    return PILLARS.get(pillar, ())
