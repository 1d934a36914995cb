from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.nlu.elapsed_time import find_elapsed

MONDAY = date(2026, 11, 23)

TOLD = {
    0: "today|this morning|had it done today|just had it done|i just got microneedled|just came back from my session",
    1: "yesterday|last night|had my session yesterday|since sunday|microneedled on sunday and now bumps|day 1|a day",
    2: "day before yesterday|48 hours ago|two days on and i've still got bumps|2 day ago|last weekend|over the weekend",
    3: "3 days ago|3days ago|3d ago|the other day|few days ago|on friday|since last friday|i am on my third day|"
    "3 nights ago|is it normal to have pimples 3 days after microneedling|today is day 3|3 DAYS AGO!!",
    4: "got it done thurs|its been abt 4 days|Four days in and the blackheads are out|3-4 days ago|i'm 4 days out|"
    "last thursday|4 days after microneedling my face is covered in spots",
    5: "day 5|day five|5 days post microneedling|I’m 5 days post-microneedling|breakout 5 days after derma rolling|"
    "i had microneedling 5 days ago and acne for 10 years|session 2 was 5 days ago|got it done wednesday",
    6: "tuesday|since tuesday|last tuesday|acne since tuesdays session|im on day 6 now|it was tuesday",
    7: "last week|a week ago|week ago|last monday|one week on and still red|been over a week|"
    "spots a week after treatment",
    8: "round about 8 days i think|still red and spotty after 8 days|my treatment was eight days ago",
    10: "about 10 days|Ten days on and I still have clusters|i had it 10 days ago. what should i wash with?|10 days",
    10.5: "a week and a half ago|1 1/2 weeks ago|1.5 weeks ago",
    12: "12 days today|its been 12 days since microneedling",
    14: "a fortnight ago|couple of weeks ago|2wks ago|2 weeks back|two weeks today since my treatment|i have spots for "
    "2 weeks already|breaking out 2 weeks after microneedling|over the last 2 weeks i've had spots",
    17.5: "2 and a half weeks ago|two and a half weeks post|2.5 weeks ago|2½ weeks ago",
    21: "week 3|3 wks post|3 weeks later and still spots|I'm at 3 weeks|for the past 3 weeks|twenty-one days ago|"
    "it was approx. 3 weeks ago|my breakout has lasted 3 weeks|is it normal to still break out after 3 weeks",
    30: "a month ago|last month|over a month|this has been going on for over a month",
    35: "five weeks and counting|five weeks and it's not going away|still breaking out after 5 weeks|5 weeks now",
    40: "forty days ago",
    45: "i have had this for a month and a half|1.5 months ago",
    60: "more than two months now|still have spots after 2 months|2 mths ago",
}

NOT_TOLD = """
will it last 3 weeks|does it last for 3 weeks|does the breakout last 2 weeks|do breakouts last a week
is it true that it lasts for 6 weeks|she said it would last 2 weeks|does it go away in a few weeks
acne for 10 years|i've had acne for 10 years|i'm 35 years old|i am 40 years old and had this done
can i wear makeup after 3 days|when can i wear makeup, after 3 days?|is it safe to use retinol after a week
should i wait 2 weeks|do i need to wait 48 hours|how many days should i avoid the gym
how long until i can swim, 2 weeks?
avoid makeup for 24 hours|i was told no makeup for 24 hours|they told me to avoid makeup for 3 days
wedding on saturday|my wedding is on saturday|i've got a wedding on saturday|got a photoshoot at the weekend
i have a party in 3 days|i'm flying out in 2 weeks|my next session is in 4 weeks|im booked for microneedling on tuesday
are you open on sunday|can i come on friday|i have work on monday|is the clinic open today|not today|have a nice day
3 times a day|wash it once a day|i use tretinoin 3 days a week|should i moisturize every 4 hours
microneedling every 4 weeks
what if it is still there after 3 weeks|if i break out for 3 weeks should i see a doctor|last time i was red for 3 days
i'm sat here with spots|the sun was strong|i had 3 sessions|i'm 3 months pregnant|stop retinol 5 days before treatment
how long does it last|what is microneedling|every day|day cream|?|
"""


def each(phrases: str) -> list[str]:
    return [phrase for line in phrases.splitlines() for phrase in line.split("|") if phrase]


@pytest.mark.parametrize(("text", "days"), [(text, days) for days, texts in TOLD.items() for text in each(texts)])
def test_the_time_gone_by_is_found(text: str, days: float) -> None:
    found = find_elapsed(text, MONDAY)

    assert found is not None
    assert found.days == pytest.approx(days)


@pytest.mark.parametrize("text", each(NOT_TOLD))
def test_other_times_are_not_taken_for_it(text: str) -> None:
    assert find_elapsed(text, MONDAY) is None


@pytest.mark.parametrize(("later", "days"), enumerate([6, 0, 1, 2, 3, 4, 5]))
def test_a_weekday_is_the_latest_one_gone_by(later: int, days: int) -> None:
    found = find_elapsed("i had it done on tuesday", MONDAY + timedelta(days=later))

    assert found is not None and found.days == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("i had my facial 3 days ago, but the spots came 2 days ago", 3),
        ("i stopped accutane 6 months ago and had microneedling last week", 7),
        ("flight on sunday, needled friday", 3),
        ("spots since yesterday, red since sunday, bumps for 3 days", 3),
    ],
)
def test_of_several_times_the_treatments_counts_else_the_longest(text: str, days: float) -> None:
    found = find_elapsed(text, MONDAY)

    assert found is not None and found.days == days


@pytest.mark.parametrize(
    ("text", "mention"),
    [("Hello. It was 3 days ago!", "3 days ago"), ("Ugh! Since Tuesday, spots", "Since Tuesday")],
)
def test_the_place_in_the_text_is_given(text: str, mention: str) -> None:
    found = find_elapsed(text, MONDAY)

    assert found is not None and text[found.start : found.end] == mention


def test_a_time_beyond_five_years_is_not_the_treatments() -> None:
    assert find_elapsed("it was 6 years ago", MONDAY) is None
