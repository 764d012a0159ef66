"""What must hold for any data: nothing is NaN, units and order do not matter, parts add up."""

from dataclasses import fields, is_dataclass
from itertools import pairwise, product
from math import isfinite

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assessments.psychometrics import (
    ancova_gain,
    benjamini_hochberg,
    bootstrap_mean_gain,
    change_categories,
    clustered_kappa,
    cohen_kappa,
    completers_vs_lost,
    cronbach_alpha,
    fleiss_kappa,
    holm,
    icc,
    intra_individual_variability,
    krippendorff_alpha,
    longstring,
    normalised_gain,
    omega_total,
    paired_gain,
    paired_gain_from_summary,
    random_effects,
    reliable_change,
    response_shift,
    suppress,
    wilcoxon_signed_rank,
)
from assessments.psychometrics.values import noncentral_t_cdf

few = settings(max_examples=40)
SCORES = st.one_of(st.integers(0, 4).map(float), st.sampled_from([None, float("nan")]))
WAVES = st.lists(st.tuples(SCORES, SCORES, SCORES), max_size=12)
KNOWN = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=3, max_size=14).map(
    lambda rows: tuple(np.array(column, dtype=float) for column in zip(*rows, strict=True))
)


def tables(values=SCORES, *, rows=8, columns=4):
    return st.integers(1, columns).flatmap(
        lambda k: st.lists(st.lists(values, min_size=k, max_size=k), min_size=1, max_size=rows)
    )


def assert_sound(found):
    """Numbers are finite; whatever is missing has a reason."""
    assert is_dataclass(found)
    for field in fields(found):
        value = getattr(found, field.name)
        for part in value if isinstance(value, tuple) else (value,):
            for number in part if isinstance(part, tuple) else (part,):
                assert not isinstance(number, np.generic), field.name
                if isinstance(number, float):
                    assert isfinite(number), field.name


@few
@given(WAVES)
def test_no_group_however_small_or_gappy_gives_nan(waves):
    pre, then, post = zip(*waves, strict=True) if waves else ((), (), ())
    for found in (
        paired_gain(pre, post),
        wilcoxon_signed_rank(pre, post),
        bootstrap_mean_gain([a for a, _t, _p in waves], resamples=99, seed=1),
        normalised_gain(pre, post, 4),
        change_categories(pre, post, sd_pre=1, reliability=0.8, cutoff=2),
        response_shift(pre, then, post),
        ancova_gain(pre, post, [index % 2 for index in range(len(pre))]),
        completers_vs_lost(pre, post),
        random_effects(pre, post),
        random_effects(pre, post, method="DL"),
    ):
        assert_sound(found)


@few
@given(tables())
def test_no_table_however_small_or_gappy_gives_nan(rows):
    for found in (cronbach_alpha(rows), omega_total(rows), icc(rows)):
        assert_sound(found)
    for level in ("nominal", "ordinal", "interval", "ratio"):
        assert_sound(krippendorff_alpha(rows, level))
    assert len(longstring(rows)) == len(rows)
    assert all(value is None or isfinite(value) for value in intra_individual_variability(rows))


@few
@given(tables(st.integers(0, 3), rows=4, columns=4))
def test_no_counts_give_nan(rows):
    assert_sound(fleiss_kappa(rows))
    size = min(len(rows), len(rows[0]))
    square = [row[:size] for row in rows[:size]]
    for weights in (None, "linear", "quadratic"):
        if size > 1:
            assert_sound(cohen_kappa(square, weights))


@pytest.mark.parametrize(
    ("pre", "post", "reason"),
    [
        ([], [], "too_few"),
        ([1], [2], "too_few"),
        ([None, None], [1, 2], "too_few"),
        ([1, 2], [2, 3], "no_variance"),
        ([4, 4, 4], [4, 4, 4], "no_variance"),
    ],
)
def test_a_gain_without_an_interval_says_why(pre, post, reason):
    found = paired_gain(pre, post)
    assert (found.ci_low, found.t, found.p, found.d_z) == (None, None, None, None)
    assert found.reason == reason


def test_everybody_up_by_one_point_has_a_size_but_no_test():
    found = paired_gain([1, 2, 3], [2, 3, 4])
    assert (found.mean_diff, found.sd_diff, found.reason) == (1, 0, "no_variance")
    assert found.d_av == pytest.approx(1)
    assert found.d_av_ci is not None
    assert found.g_av_ci is None


def test_pairs_with_a_missing_end_are_left_out():
    assert paired_gain([1, float("nan"), 3, None], [2, 2, 5, 1]).n == 2


@few
@given(KNOWN, st.floats(-100, 100), st.floats(0.1, 50))
def test_units_and_origin_of_the_scale_do_not_matter(waves, shift, scale):
    plain, moved = (
        paired_gain(*waves),
        paired_gain(*(wave * scale + shift for wave in waves)),
    )
    assert moved.reason == plain.reason
    assert moved.mean_diff == pytest.approx(plain.mean_diff * scale, abs=1e-6)
    for name in ("t", "d_z", "d_av", "g_av", "r"):
        before, after = getattr(plain, name), getattr(moved, name)
        assert (before is None) == (after is None)
        assert before is None or after == pytest.approx(before, rel=1e-6, abs=1e-6)
    ranks = [wilcoxon_signed_rank(*w) for w in (waves, [x * scale + shift for x in waves])]
    assert ranks[0].w_plus == pytest.approx(ranks[1].w_plus)


@few
@given(KNOWN, st.randoms())
def test_order_of_people_does_not_matter_and_time_turned_round_turns_the_sign(waves, chance):
    order = list(range(len(waves[0])))
    chance.shuffle(order)
    plain = paired_gain(*waves)
    shuffled = paired_gain(*(wave[order] for wave in waves))
    turned = paired_gain(waves[1], waves[0])
    assert shuffled.mean_diff == pytest.approx(plain.mean_diff)
    assert turned.mean_diff == pytest.approx(-plain.mean_diff)
    assert turned.p == pytest.approx(plain.p)
    if plain.d_z_ci:
        assert turned.d_z_ci == pytest.approx((-plain.d_z_ci[1], -plain.d_z_ci[0]), abs=1e-7)
        assert plain.d_z_ci[0] <= plain.d_z <= plain.d_z_ci[1]
    forth, back = wilcoxon_signed_rank(*waves), wilcoxon_signed_rank(waves[1], waves[0])
    assert (forth.w_plus, forth.w_minus) == (back.w_minus, back.w_plus)
    assert forth.p == back.p


@few
@given(KNOWN)
def test_t_and_wilcoxon_agree_with_scipy(waves):
    pre, post = waves
    found = paired_gain(pre, post)
    if found.t is not None:
        oracle = stats.ttest_rel(post, pre)
        assert (found.t, found.p) == pytest.approx((oracle.statistic, oracle.pvalue))
    changes = (post - pre)[post != pre][:7]
    if len(changes):
        ranks = stats.rankdata(abs(changes))
        sums = np.array([ranks @ signs for signs in product((0, 1), repeat=len(changes))])
        smaller = min(ranks @ (changes > 0), ranks @ (changes < 0))
        by_hand = min(1, 2 * (sums <= smaller).mean())
        assert wilcoxon_signed_rank(np.zeros(len(changes)), changes).p == pytest.approx(by_hand)


def test_many_changes_are_ranked_with_the_normal_distribution():
    chance = np.random.default_rng(5)
    pre, post = chance.integers(0, 20, 80), chance.integers(2, 22, 80)
    found = wilcoxon_signed_rank(pre, post)
    oracle = stats.wilcoxon(post, pre, correction=True, method="asymptotic")
    assert found.method == "normal"
    assert found.p == pytest.approx(oracle.pvalue)


@pytest.mark.parametrize("df", [1, 2, 9, 120, 99_999])
@pytest.mark.parametrize("t", [0.5, 4.06, 13.9, 190.0])
def test_the_interval_of_d_z_puts_t_at_both_tails(df, t):
    n = df + 1
    gain = paired_gain_from_summary(0, t / np.sqrt(n), 1 / np.sqrt(2), 1 / np.sqrt(2), 0, n)
    for limit, share in zip(gain.d_z_ci, (0.975, 0.025), strict=True):
        noncentrality = limit * np.sqrt(n)
        assert noncentral_t_cdf(t, df, noncentrality) == pytest.approx(share, abs=1e-8)
        oracle = stats.nct.cdf(t, df, noncentrality)
        if np.isfinite(oracle) and t < 100:
            assert oracle == pytest.approx(share, abs=1e-6)


@few
@given(KNOWN, st.floats(0, 0.99), st.booleans())
def test_turning_the_scale_round_turns_the_verdicts_round(waves, reliability, higher):
    up = change_categories(
        *waves, sd_pre=7, reliability=reliability, cutoff=20.5, higher_is_better=higher
    )
    down = change_categories(
        *(-wave for wave in waves),
        sd_pre=7, reliability=reliability, cutoff=-20.5, higher_is_better=not higher,
    )  # fmt: skip
    assert up == down
    counted = (up.recovered, up.improved, up.unchanged, up.deteriorated, up.harmed)
    assert sum(counted) == up.n == len(waves[0])
    one_by_one = [
        reliable_change(a, b, sd_pre=7, reliability=reliability, higher_is_better=higher).category
        for a, b in zip(*waves, strict=True)
    ]
    assert one_by_one.count("improved") == up.recovered + up.improved
    assert one_by_one.count("deteriorated") == up.deteriorated + up.harmed


def test_error_alone_puts_one_in_forty_beyond_each_border():
    assert change_categories(
        [1.0] * 120, [1.0] * 120, sd_pre=1, reliability=0.8
    ).expected_each_way == pytest.approx(3, abs=0.01)


def test_no_error_to_compare_with_has_a_reason():
    found = reliable_change(1, 2, sd_pre=1, reliability=1)
    assert (found.rci, found.category, found.reason) == (None, None, "no_variance")
    assert reliable_change(None, 2, sd_pre=1, reliability=0.8).reason == "missing"


@few
@given(WAVES)
def test_the_conventional_gain_is_the_then_gain_and_the_shift(waves):
    found = response_shift(*zip(*waves, strict=True)) if waves else response_shift([], [], [])
    if found.n:
        assert found.conventional_gain == pytest.approx(found.then_gain + found.shift)


def test_alpha_of_a_table_worked_out_by_hand():
    table = [[1, 2], [2, 1], [3, 4], [4, 3], [4, None]]
    # s² of each item = 5/3; of the sums (3, 3, 7, 7) = 16/3; α = 2·(1 − (10/3)/(16/3)) = 0.75.
    found = cronbach_alpha(table)
    assert (found.alpha, found.n) == (pytest.approx(0.75), 4)
    assert cronbach_alpha([[1, 1], [1, 1]]).reason == "no_variance"


def noisy_items(people=400, seed=7):
    chance = np.random.default_rng(seed)
    common = chance.normal(size=(people, 1))
    return common * np.array([0.9, 1.1, 0.7, 1.0]) + chance.normal(size=(people, 4)) * 0.8


def test_omega_finds_the_loadings_that_made_the_data():
    found = omega_total(noisy_items(people=20_000))
    assert found.loadings == pytest.approx((0.9, 1.1, 0.7, 1.0), abs=0.03)
    true = 3.7**2 / (3.7**2 + 4 * 0.64)
    assert found.omega == pytest.approx(true, abs=0.01)


@few
@given(st.floats(-5, 5), st.floats(0.1, 9))
def test_reliability_does_not_depend_on_units(shift, scale):
    items = noisy_items(people=60)
    assert cronbach_alpha(items * scale + shift).alpha == pytest.approx(cronbach_alpha(items).alpha)
    assert omega_total(items * scale + shift).omega == pytest.approx(
        omega_total(items).omega, abs=1e-4
    )
    assert icc(items * scale + shift).icc_2_1 == pytest.approx(icc(items).icc_2_1)


def test_order_of_raters_does_not_matter():
    items = np.rint(noisy_items(people=12) * 2 + 6)
    turned = items[:, ::-1]
    assert icc(items).icc_2_1_ci == pytest.approx(icc(turned).icc_2_1_ci)
    for level in ("nominal", "ordinal", "interval"):
        assert krippendorff_alpha(items.T, level).alpha == pytest.approx(
            krippendorff_alpha(turned.T, level).alpha
        )


def test_names_agree_as_their_numbers_do():
    numbers = [[1, 2, 2, None], [1, 2, 1, 1]]
    names = [["calm", "tense", "tense", None], ["calm", "tense", "calm", "calm"]]
    assert krippendorff_alpha(names, "nominal") == krippendorff_alpha(numbers, "nominal")


def test_perfect_agreement_is_one_and_has_no_interval():
    found = icc([[1, 1], [3, 3], [4, 4]])
    assert (found.icc_2_1, found.icc_2_1_ci, found.reason) == (1, None, "boundary")
    assert cohen_kappa([[5, 0], [0, 5]]).kappa == 1


def test_quadratic_kappa_is_the_correlation_of_agreement_for_equal_margins():
    table = [[10, 3, 1], [3, 12, 4], [1, 4, 9]]
    turned = cohen_kappa(np.transpose(table), "quadratic")
    assert cohen_kappa(table, "quadratic").kappa == pytest.approx(turned.kappa)
    pairs = [(i, j) for i in range(3) for j in range(3) for _ in range(table[i][j])]
    a, b = np.array(pairs).T
    assert turned.kappa == pytest.approx(np.corrcoef(a, b)[0, 1])


def test_regions_that_do_not_differ_are_all_drawn_to_the_mean():
    found = random_effects([0.5, 0.5, 0.5, 0.52], [0.04, 0.02, 0.01, 0.05])
    assert found.tau2 == 0
    assert found.I2 == 0
    assert found.shrunken == pytest.approx((found.mu,) * 4)
    assert found.random_effects == pytest.approx((0,) * 4)


@few
@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(0.01, 1)), min_size=3, max_size=12))
def test_shrinking_goes_towards_the_mean_and_never_past_it(groups):
    estimates, variances = zip(*groups, strict=True)
    found = random_effects(estimates, variances)
    for estimate, shrunken in zip(estimates, found.shrunken, strict=True):
        low, high = sorted((estimate, found.mu))
        assert low - 1e-9 <= shrunken <= high + 1e-9
    moved = random_effects([3 * e + 1 for e in estimates], [9 * v for v in variances])
    assert moved.mu == pytest.approx(3 * found.mu + 1, abs=1e-4)


def test_a_region_without_an_estimate_keeps_its_place():
    found = random_effects([0.1, None, 0.9, 0.4], [0.01, 0.01, 0.01, 0])
    assert (found.k, found.shrunken[1], found.shrunken[3]) == (2, None, None)
    assert found.shrunken[0] < found.mu < found.shrunken[2]


def test_an_adjusted_difference_is_found_where_it_was_put():
    chance = np.random.default_rng(2)
    group = np.repeat([0, 1], 500)
    pre = chance.normal(group * 0.5, 1)
    post = 0.6 * pre + 0.3 * group + chance.normal(0, 0.5, 1000)
    found = ancova_gain(pre, post, group)
    assert found.ci_low < 0.3 < found.ci_high
    assert found.slope == pytest.approx(0.6, abs=0.05)
    assert found.se == pytest.approx(found.se_ordinary, rel=0.1)
    assert found.change_difference < found.difference  # Lord's paradox: the start differs


def test_those_lost_are_set_beside_those_who_stayed():
    found = completers_vs_lost([1, 2, 3, 4, 5, 6, None], [2, 3, 4, None, None, None, 1])
    assert (found.n_completers, found.n_lost, found.share_lost) == (3, 3, 0.5)
    assert found.smd == pytest.approx(3)
    assert found.band == "large"


@few
@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=10))
def test_adjusting_keeps_order_and_never_helps(p):
    for adjust in (holm, benjamini_hochberg):
        found = adjust(p)
        for one, adjusted in zip(p, found, strict=True):
            assert (one is None) == (adjusted is None)
            assert one is None or one <= adjusted + 1e-12 <= 1 + 1e-9
        known = sorted((a, b) for a, b in zip(p, found, strict=True) if a is not None)
        assert all(x[1] <= y[1] + 1e-12 for x, y in pairwise(known))


def test_runs_and_spread_of_answers():
    rows = [[3, 3, 3, 1], [2, None, 2, 2], [None, None, None, None], [1, 2, 3, 4]]
    assert longstring(rows) == (3, 2, 0, 1)
    assert intra_individual_variability(rows) == (
        pytest.approx(1), pytest.approx(0), None, pytest.approx(np.std([1, 2, 3, 4], ddof=1)),
    )  # fmt: skip


@few
@given(st.lists(st.integers(0, 30), max_size=8), st.integers(1, 12))
def test_what_is_hidden_cannot_be_worked_out_from_the_total(cells, minimum):
    found = suppress(cells, minimum=minimum, publish_total=True)
    hidden = [count for count, shown in zip(cells, found.cells, strict=True) if shown is None]
    assert all(shown is None or shown == 0 or shown >= minimum for shown in found.cells)
    if hidden and found.total is not None:
        assert len(hidden) >= 2
        assert found.total - sum(c for c in found.cells if c is not None) >= minimum
    alone = suppress(cells, minimum=minimum, publish_total=False)
    assert alone.total is None
    assert not alone.complementary


@pytest.mark.parametrize(("groups", "tau"), [(8, 0.1), (10, 0.1), (17, 0.05), (17, 0.2)])
def test_intervals_of_shrunken_estimates_and_of_their_mean_hold_what_they_promise(groups, tau):
    """True effects that differ by ``tau``, groups of 20 to 200 people, gains with deviation .9."""
    chance = np.random.default_rng(2026)
    held, mean_held = [], []
    for _programme in range(300):
        variances = 0.81 / chance.integers(20, 200, groups)
        true = chance.normal(0.4, tau, groups)
        found = random_effects(true + chance.normal(0, np.sqrt(variances)), variances)
        low, high = np.array(found.shrunken_ci).T
        held.append(((low <= true) & (true <= high)).mean())
        mean_held.append(found.few_groups_ci[0] <= 0.4 <= found.few_groups_ci[1])
    assert 0.93 <= np.mean(held) <= 0.985
    assert 0.925 <= np.mean(mean_held) <= 0.985


@pytest.mark.parametrize("groups", [2, 3, 4, 5])
def test_few_groups_have_intervals_that_hold_the_estimate(groups):
    estimates, variances = (
        [0.1, 0.5, 0.3, 0.9, 0.2][:groups],
        [0.04, 0.02, 0.01, 0.05, 0.03][:groups],
    )
    found = random_effects(estimates, variances)
    for shrunken, (low, high) in zip(found.shrunken, found.shrunken_ci, strict=True):
        assert low < shrunken < high
    low, high = found.few_groups_ci
    assert low <= found.ci_low < found.ci_high <= high


def one_each(size: int, seed: int) -> list[np.ndarray]:
    """Clusters of a single pair of ratings, near each other."""
    chance = np.random.default_rng(seed)
    tables = []
    for first in chance.integers(0, 4, size):
        table = np.zeros((4, 4))
        table[first, np.clip(first + chance.integers(-1, 2), 0, 3)] = 1
        tables.append(table)
    return tables


def test_kappa_of_clusters_of_one_has_about_the_error_of_independent_pairs():
    tables = one_each(300, seed=1)
    clustered, plain = clustered_kappa(tables, "quadratic"), cohen_kappa(sum(tables), "quadratic")
    assert clustered.kappa == pytest.approx(plain.kappa)
    assert clustered.se == pytest.approx(plain.se, rel=0.05)


def test_the_same_pairs_again_in_their_clusters_tell_nothing_new():
    tables = one_each(40, seed=2)
    once = clustered_kappa(tables, "quadratic")
    often = clustered_kappa([5 * table for table in tables], "quadratic")
    assert (often.kappa, often.se) == pytest.approx((once.kappa, once.se))
    assert often.ci_high - often.ci_low > 1.8 * (
        cohen_kappa(5 * sum(tables), "quadratic").ci_high
        - cohen_kappa(5 * sum(tables), "quadratic").ci_low
    )


def test_few_or_equal_clusters_have_a_reason():
    table = [[3, 1], [0, 2]]
    assert clustered_kappa([]).reason == "too_few"
    assert clustered_kappa([table]).reason == "too_few"
    assert clustered_kappa([table]).ci_low is None
    same = [[1, 0], [0, 0]]
    assert clustered_kappa([same, same]).reason == "no_variance"
    assert clustered_kappa([table, same]).reason == "no_variance"
