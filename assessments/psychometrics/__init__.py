"""Statistics of questionnaires: pure numpy and scipy, no Django, every formula with its source.

Results are frozen dataclasses. Where a number does not exist (too few people, no variance) it is
None and ``reason`` says why; nothing is ever NaN or infinite. None, NaN and infinity among the
inputs mean "missing"; each docstring says whether a missing value takes its pair, its row or only
itself out. An argument that makes no sense at all (a reliability of 1.2) raises ValueError.
"""

from assessments.psychometrics.agreement import (
    FleissKappa,
    IntraclassCorrelation,
    Kappa,
    KrippendorffAlpha,
    RaterReliability,
    clustered_kappa,
    cohen_kappa,
    fleiss_kappa,
    icc,
    krippendorff_alpha,
    rater_reliability,
)
from assessments.psychometrics.carelessness import (
    Distances,
    intra_individual_variability,
    longstring,
    mahalanobis,
)
from assessments.psychometrics.change import (
    ChangeCategories,
    ClinicalCutoffs,
    ReliableChange,
    ResponseShift,
    change_categories,
    clinical_cutoffs,
    reliable_change,
    response_shift,
)
from assessments.psychometrics.disclosure import Suppressed, suppress
from assessments.psychometrics.gain import (
    BootstrapGain,
    NormalisedGain,
    PairedGain,
    WilcoxonResult,
    bootstrap_mean_gain,
    normalised_gain,
    paired_gain,
    paired_gain_from_summary,
    wilcoxon_signed_rank,
)
from assessments.psychometrics.groups import (
    AncovaGain,
    Attrition,
    RandomEffects,
    ancova_gain,
    completers_vs_lost,
    random_effects,
)
from assessments.psychometrics.planning import benjamini_hochberg, holm, sample_size_paired
from assessments.psychometrics.reliability import (
    Omega,
    Reliability,
    cronbach_alpha,
    minimal_detectable_change,
    omega_total,
    sem_from_reliability,
    spearman_brown,
)
from assessments.psychometrics.values import Interval, Reason

__all__ = [
    "AncovaGain",
    "Attrition",
    "BootstrapGain",
    "ChangeCategories",
    "ClinicalCutoffs",
    "Distances",
    "FleissKappa",
    "Interval",
    "IntraclassCorrelation",
    "Kappa",
    "KrippendorffAlpha",
    "NormalisedGain",
    "Omega",
    "PairedGain",
    "RandomEffects",
    "RaterReliability",
    "Reason",
    "Reliability",
    "ReliableChange",
    "ResponseShift",
    "Suppressed",
    "WilcoxonResult",
    "ancova_gain",
    "benjamini_hochberg",
    "bootstrap_mean_gain",
    "change_categories",
    "clinical_cutoffs",
    "clustered_kappa",
    "cohen_kappa",
    "completers_vs_lost",
    "cronbach_alpha",
    "fleiss_kappa",
    "holm",
    "icc",
    "intra_individual_variability",
    "krippendorff_alpha",
    "longstring",
    "mahalanobis",
    "minimal_detectable_change",
    "normalised_gain",
    "omega_total",
    "paired_gain",
    "paired_gain_from_summary",
    "random_effects",
    "rater_reliability",
    "reliable_change",
    "response_shift",
    "sample_size_paired",
    "sem_from_reliability",
    "spearman_brown",
    "suppress",
    "wilcoxon_signed_rank",
]
