#pragma once
/// What has to be true of a delivery as a whole before it is believed, Complet or Delta: its files
/// are all there, it is this académie's, and it is not of a day to come.

#include <optional>
#include <string>

#include "feed.hpp"

namespace entsync {

/// Each category has its files (AAF-020), and parts are numbered from 0000 without a hole
/// (AAF-022).
void check_files(const Feed& feed, Problems& problems);
/// Each category that has files has a record (AAF-021).
void check_no_category_is_empty(const Feed& feed, Problems& problems);
/// The exporter that the files name is this académie (AAF-023); not checked without a label.
void check_exporter(const Feed& feed, const std::string& academie, const std::string& label,
                    Problems& problems);
/// Most structures are this académie's (AAF-024); not checked without a label.
void check_structures(const Feed& feed, const std::string& label,
                      std::optional<FeedAttribute> attribute, Problems& problems);
/// Not dated after `latest` (AAF-046).
void check_day(const Feed& feed, Date latest, Problems& problems);
/// Not older than the delivery that was applied last (AAF-026).
void check_not_older(const Feed& feed, Date last_applied, Problems& problems);

}  // namespace entsync
