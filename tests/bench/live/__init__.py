"""How many people one core can hold in a live room, against a floor and what others build on."""
