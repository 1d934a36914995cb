"""A dozen messages of each of a few intents: enough for a small model that is trained within a test."""

EXAMPLES = {
    "ask_how_long": """how long does it last
        how long will this last
        when will it stop
        how many days until it goes away
        when does it clear up
        how many weeks does it take
        is there an end to it soon
        how soon will the spots be gone
        how much longer do I have to wait
        will they go in a week
        how long do the breakouts last
        when will my skin be clear again""",
    "ask_is_normal": """is this normal
        is it normal to break out
        is that usual after microneedling
        should I be worried about the spots
        does everyone get spots
        are pimples common after it
        is it ok that I have spots
        do other people break out too
        is a breakout normal
        is it a bad sign
        is this supposed to happen
        am I the only one with pimples""",
    "ask_picking": """can I pop them
        can I pop it
        may I squeeze my spots
        is picking bad
        should I leave them alone
        what happens if I squeeze a pimple
        I want to pop a pimple
        is it ok to pick at my skin
        can I extract the blackheads
        I picked at a spot, is that bad
        can I touch them
        why must I not squeeze""",
    "ask_cleanse": """how do I wash my face
        which cleanser is right
        can I use my cleanser
        how often should I cleanse
        is soap ok
        can I clean my skin
        when can I wash my face again
        is a gentle cleanser fine
        what do I wash with
        can I use face wash
        is micellar water ok
        may I cleanse tonight""",
    "ask_moisturize": """can I use moisturiser
        which moisturiser is best
        should I moisturise
        is hyaluronic acid good
        can I put cream on
        can I use my moisturiser
        when can I moisturise again
        do I need a moisturiser
        is a light cream ok
        how do I keep my skin hydrated
        can I use a serum with hyaluronic acid
        my skin is dry, which cream helps""",
    "ask_topical_treatment": """can I use salicylic acid
        is benzoyl peroxide ok
        can I put spot cream on
        can I use a spot treatment
        when can I use salicylic acid again
        is salicylic acid good for the spots
        do acne creams help
        can I treat the spots with benzoyl peroxide
        may I use a bha
        which spot treatment works
        should I use pimple patches
        can I dab on an acne gel""",
    "undocumented": """can I use retinol
        when can I use retinol again
        can I wear makeup
        when can I put makeup on
        can I use vitamin c
        is sunscreen ok
        can I go to the gym
        when can I swim again
        can I drink alcohol
        is tretinoin ok
        how much does it cost
        may I go in the sauna""",
    "out_of_scope": """what is the weather tomorrow
        who won the match
        tell me a joke
        book me a flight to Rome
        what is the capital of France
        how do I bake bread
        play some music
        who is the president
        how old are you
        my car is broken
        recommend a film
        what time is it in Tokyo""",
    "red_flag": """I have a fever
        there is pus coming out
        my face is very swollen
        I can't breathe well
        I have a fever and pus
        the redness is spreading fast
        my lips are swelling up
        yellow pus is leaking from my cheek
        I have chills and a high temperature
        my skin is hot and hurts more every day
        my throat feels tight
        red streaks are spreading""",
    "greet": """hello
        hi
        hey there
        hi there
        good morning
        good evening
        hello there
        hiya
        hey
        good afternoon
        hi bot
        hello assistant""",
    "thank": """thanks
        thank you
        thanks a lot
        thank you so much
        many thanks
        cheers
        thanks for your help
        that helps, thanks
        great, thank you
        thx
        much appreciated
        thank you very much""",
}
PAIRS = [(line.strip(), intent) for intent, lines in EXAMPLES.items() for line in lines.splitlines()]
TEXTS = [text for text, _ in PAIRS]
