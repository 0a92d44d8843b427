"""Short ideas about a few clear subjects, for tests that group them."""

SUBJECTS = {
    "bikes": [
        "Safe bicycle lanes on every main road",
        "Covered bicycle parking near the station",
        "Rent a bicycle for a day at work",
        "Bicycle repair stand in the yard",
        "Bicycle lanes cleared of snow first",
        "Bicycle bells and helmets for children",
    ],
    "solar": [
        "Solar panels on the roof of the school",
        "Solar energy shared between neighbours",
        "Batteries that store solar energy at night",
        "Solar panels above the car park",
        "Solar energy for the water heaters",
        "A solar panel kit for balconies",
    ],
    "food": [
        "Vegetarian lunch in the canteen",
        "A canteen menu with local vegetables",
        "Less food wasted in the canteen kitchen",
        "Cooking lunch together on Fridays",
        "Share lunch leftovers with the food bank",
        "Vegetables from the garden for the canteen lunch",
    ],
    "reading": [
        "A library of books in the lobby",
        "Book club with a new book each month",
        "Children read books to grandparents",
        "Swap books between the offices",
        "Audio books for the ride to the library",
        "An evening of reading books aloud in the library",
    ],
}
ALL = [text for texts in SUBJECTS.values() for text in texts]
