"""Figures that others have printed, each with its source."""

import numpy as np
import pytest

from assessments.psychometrics import (
    benjamini_hochberg,
    bootstrap_mean_gain,
    clinical_cutoffs,
    cohen_kappa,
    fleiss_kappa,
    holm,
    icc,
    krippendorff_alpha,
    minimal_detectable_change,
    normalised_gain,
    paired_gain,
    paired_gain_from_summary,
    random_effects,
    reliable_change,
    sample_size_paired,
    sem_from_reliability,
    spearman_brown,
    suppress,
    wilcoxon_signed_rank,
)

# Student (1908), hours of sleep gained under two drugs; R's data set `sleep`.
FIRST_DRUG = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND_DRUG = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_student_sleep_by_the_paired_t_test_of_r():
    found = paired_gain(FIRST_DRUG, SECOND_DRUG)
    assert found.t == pytest.approx(4.0621, abs=5e-5)
    assert found.p == pytest.approx(0.002833, abs=5e-7)
    assert (found.ci_low, found.ci_high) == pytest.approx((0.7001142, 2.4598858), abs=5e-8)
    assert found.df == 9


def test_student_sleep_in_standard_deviations_as_effectsize_gives_it():
    found = paired_gain(FIRST_DRUG, SECOND_DRUG)
    assert found.d_z == pytest.approx(1.28, abs=0.005)
    assert found.d_z_ci == pytest.approx((0.41, 2.12), abs=0.005)
    assert found.g_av == pytest.approx(0.76, abs=0.005)
    assert found.g_av_ci == pytest.approx((0.39, 1.13), abs=0.005)


def test_bonett_2008_as_statpsych_prints_it():
    found = paired_gain_from_summary(102.1, 110.4, 14.6, 15.3, 0.75, 25)
    assert found.d_av == pytest.approx(0.5550319, abs=5e-8)
    assert found.d_av_ci == pytest.approx((0.2394906, 0.8705732), abs=1e-6)


def test_a_table_gives_what_the_people_behind_it_give():
    people = paired_gain(FIRST_DRUG, SECOND_DRUG)
    table = paired_gain_from_summary(
        people.mean_pre, people.mean_post, people.sd_pre, people.sd_post, people.r, people.n
    )
    for name in ("t", "p", "d_z", "g_z", "d_av", "g_av", "ci_low", "d_z_ci", "d_av_ci", "g_av_ci"):
        assert getattr(table, name) == pytest.approx(getattr(people, name)), name


def test_wilcoxon_of_sleep_counts_out_all_signs_of_nine_changes():
    found = wilcoxon_signed_rank(FIRST_DRUG, SECOND_DRUG)
    assert (found.n, found.w_plus, found.w_minus, found.method) == (9, 45, 0, "exact")
    assert found.p == pytest.approx(2 / 2**9)
    assert found.rank_biserial == 1


def test_wilcoxon_of_hollander_and_wolfe_depression_scores():
    # Hollander & Wolfe (1973), p. 29; two-sided p of R's wilcox.test: V = 40, p = 0.03906.
    before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    found = wilcoxon_signed_rank(after, before)
    assert found.w_plus == 40
    assert found.p == pytest.approx(0.03906, abs=5e-6)
    assert found.rank_biserial == pytest.approx((40 - 5) / 45)
    assert found.ci_low < found.rank_biserial < found.ci_high


def test_the_bootstrap_of_sleep_lies_where_bca_puts_it_and_comes_back_with_its_seed():
    changes = np.subtract(SECOND_DRUG, FIRST_DRUG)
    found = bootstrap_mean_gain(changes, seed=1)
    assert found == bootstrap_mean_gain(changes, seed=1)
    assert found.bca == pytest.approx((1.06, 2.64), abs=0.06)
    assert found.bca[0] > found.percentile[0]  # the long tail is on the right


def test_jacobson_and_truax_1991():
    found = reliable_change(32.5, 47.5, sd_pre=10, reliability=0.80)
    assert found.s_diff == pytest.approx(6.32, abs=0.01)
    assert found.rci == pytest.approx(2.37, abs=0.01)
    assert found.category == "improved"
    borders = clinical_cutoffs(40, 7.5, 60, 7.5)
    assert (borders.a, borders.b, borders.c) == (55, 45, 50)


def test_hake_gain_of_a_class():
    found = normalised_gain([40, 60, 100], [70, 90, 100], 100)
    assert found.g_class == pytest.approx((260 / 3 - 200 / 3) / (100 - 200 / 3))
    assert found.g_individual_mean == pytest.approx((0.5 + 0.75) / 2)
    assert found.n_excluded_ceiling == 1


def test_the_six_intraclass_correlations_of_shrout_and_fleiss_1979():
    found = icc(
        [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    )
    single = (found.icc_1_1, found.icc_2_1, found.icc_3_1)
    assert single == pytest.approx((0.17, 0.29, 0.71), abs=0.005)
    mean = (found.icc_1_k, found.icc_2_k, found.icc_3_k)
    assert mean == pytest.approx((0.44, 0.62, 0.91), abs=0.005)
    # Intervals as the R package psych (Revelle) prints them for the same table.
    assert found.icc_1_1_ci == pytest.approx((-0.13, 0.72), abs=0.005)
    assert found.icc_2_1_ci == pytest.approx((0.019, 0.76), abs=0.005)
    assert found.icc_2_k_ci == pytest.approx((0.071, 0.93), abs=0.005)
    assert found.icc_3_k_ci == pytest.approx((0.68, 0.99), abs=0.005)


@pytest.mark.parametrize(
    ("level", "alpha"),
    [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
)
def test_krippendorff_2011_four_observers_of_twelve_units(level, alpha):
    ratings = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    found = krippendorff_alpha(ratings, level)
    assert found.alpha == pytest.approx(alpha, abs=0.0005)
    assert (found.n_units, found.n_values) == (11, 40)


FLEISS_COHEN_EVERITT = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]


def test_kappa_with_both_errors_of_fleiss_cohen_and_everitt_1969():
    plain = cohen_kappa(FLEISS_COHEN_EVERITT)
    assert plain.kappa == pytest.approx(0.429, abs=0.0005)
    assert plain.se**2 == pytest.approx(0.002885, abs=5e-7)
    assert plain.se_null**2 == pytest.approx(0.003082, abs=5e-7)
    agreements = [[1, 0, 0.4444], [0, 1, 0.6667], [0.4444, 0.6667, 1]]
    weighted = cohen_kappa(FLEISS_COHEN_EVERITT, agreements)
    assert weighted.kappa == pytest.approx(0.507, abs=0.0005)
    assert weighted.se**2 == pytest.approx(0.003248, abs=5e-7)
    assert weighted.se_null**2 == pytest.approx(0.004269, abs=5e-6)
    disagreements = 1 - np.array(agreements)
    assert cohen_kappa(FLEISS_COHEN_EVERITT, disagreements).kappa == pytest.approx(weighted.kappa)


def test_fleiss_1971_with_ten_subjects_and_fourteen_raters():
    # The worked example of the encyclopaedias: κ = 0.210.
    counts = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    assert fleiss_kappa(counts).kappa == pytest.approx(0.210, abs=0.0005)


# Raudenbush (1985), teacher expectancy; as `dat.raudenbush1985` of metafor.
EXPECTANCY = [0.03, 0.12, -0.14, 1.18, 0.26, -0.06, -0.02, -0.32, 0.27, 0.80, 0.54, 0.18, -0.02,
              0.23, -0.18, -0.06, 0.30, 0.07, -0.07]  # fmt: skip
EXPECTANCY_VARIANCES = [0.0156, 0.0216, 0.0279, 0.1391, 0.1362, 0.0106, 0.0106, 0.0484, 0.0269,
                        0.0630, 0.0912, 0.0497, 0.0835, 0.0841, 0.0253, 0.0279, 0.0193, 0.0088,
                        0.0303]  # fmt: skip


def test_raudenbush_1985_as_metafor_fits_it():
    found = random_effects(EXPECTANCY, EXPECTANCY_VARIANCES)
    assert found.tau2 == pytest.approx(0.0188, abs=5e-5)
    assert (found.mu, found.se_mu) == pytest.approx((0.0837, 0.0516), abs=5e-5)
    assert pytest.approx(35.8295, abs=5e-4) == found.Q
    assert pytest.approx(0.4186, abs=5e-4) == found.I2
    moments = random_effects(EXPECTANCY, EXPECTANCY_VARIANCES, method="DL")
    assert moments.tau2 == pytest.approx(0.0259, abs=5e-5)
    assert pytest.approx((moments.Q - 18) / moments.Q) == moments.I2


def test_adjusted_p_as_r_adjusts_them():
    p = [0.01, 0.02, 0.03, 0.04, 0.05]
    assert holm(p) == pytest.approx((0.05, 0.08, 0.09, 0.09, 0.09))
    assert benjamini_hochberg(p) == pytest.approx((0.05,) * 5)
    # Benjamini & Hochberg (1995), table 1: four of fifteen at q = .05.
    printed = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
               0.4262, 0.5719, 0.6528, 0.7590, 1.0000]  # fmt: skip
    assert sum(value <= 0.05 for value in benjamini_hochberg(printed)) == 4
    assert sum(value <= 0.05 for value in holm(printed)) == 3


@pytest.mark.parametrize(("d_z", "n"), [(0.5, 34), (0.3, 90), (0.2, 199)])
def test_sample_sizes_of_cohen_1988(d_z, n):
    assert sample_size_paired(d_z, alpha=0.05, power=0.8) == n
    assert sample_size_paired(-d_z, alpha=0.05, power=0.8) == n


def test_lengthening_and_errors_of_a_scale():
    assert spearman_brown(0.70, length_ratio=2) == pytest.approx(1.4 / 1.7)
    sem = sem_from_reliability(10, 0.84)
    assert sem == pytest.approx(4)
    assert minimal_detectable_change(sem) == pytest.approx(11.087, abs=0.001)
    with pytest.raises(ValueError, match="reliability"):
        sem_from_reliability(10, 1.2)


def test_the_worked_rule_of_ten_and_five():
    # Wisconsin's rule (NCES 2011-603): 10 and 5 are both hidden, 15 is shown.
    found = suppress({"yes": 10, "no": 5}, minimum=6, publish_total=True)
    assert found.cells == {"yes": None, "no": None}
    assert found.total == 15
