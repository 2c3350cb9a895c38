#pragma once
/// Runs a program of the operator's choice beside the loop: it gets a text on its standard input
/// and half a minute, and what it prints is thrown away.

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

namespace entsync {

namespace asio = boost::asio;

/// `words` are the program by its whole path and its arguments. An empty text, or why it failed.
asio::awaitable<std::string> run_program(std::vector<std::string> words, std::string input);

}  // namespace entsync
