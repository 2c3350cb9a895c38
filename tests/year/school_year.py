"""The calendar of the simulated year: from the first load in September to the Toussaint of the next year."""

from datetime import date, timedelta


class SchoolYear:
    first_day = date(2026, 9, 15)
    # Days counted from the loss: until the suspension, until the end (docs/configuration.md, [absence]).
    delays = (0, 85)
    delays_of_profil = {"responsable": (14, 85), "personnel": (0, 60)}
    # While AAF says nothing of the new year yet, nobody may become absent; then schools roll over one by one.
    freeze = (date(2027, 7, 1), date(2027, 8, 22))
    rollover = (date(2027, 8, 23), date(2027, 10, 1))
    # No export in between.
    pause = (date(2027, 7, 12), date(2027, 8, 24))
    # The mistake of July: pupils struck off who come back.
    struck_off = (date(2027, 7, 5), date(2027, 7, 9))
    # Classes of the old year are gone, those of the new one are not there; half of the schools follow later.
    rentree = date(2027, 8, 25)
    classes_out = (date(2027, 8, 25), date(2027, 9, 1))
    classes_later = (date(2027, 9, 2), date(2027, 9, 6))

    def days(self, nights):
        return [self.first_day + timedelta(n) for n in range(nights)]

    @staticmethod
    def is_in(day, window):
        return window[0] <= day <= window[1]

    def is_frozen(self, day):
        return self.is_in(day, self.freeze)

    def is_rolling_over(self, day):
        return self.is_in(day, self.rollover)

    def configuration(self):
        """The same for entsync."""

        def window(days):
            return f'[{{ from = "{days[0]}", to = "{days[1]}" }}]'

        def delays(days):
            return f"suspend_after_days = {days[0]}\ndelete_after_days = {days[1]}\n"

        academie = f"freeze = {window(self.freeze)}\nrollover = {window(self.rollover)}\n"
        absence = delays(self.delays)
        for profil, days in self.delays_of_profil.items():
            absence += f"[absence.{profil}]\n{delays(days)}"
        return academie, absence
