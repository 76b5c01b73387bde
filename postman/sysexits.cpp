#include "postman/sysexits.h"

namespace postman
{
namespace
{

struct Row {
    int code;
    ExitMeaning meaning;
    const char* words;
};

// clang-format off
constexpr Row kRows[] = {
    {0,  ExitMeaning::delivered, "done"},
    {64, ExitMeaning::failed,    "usage"},
    {65, ExitMeaning::failed,    "data error"},
    {66, ExitMeaning::deferred,  "no input"},
    {67, ExitMeaning::failed,    "no such user"},
    {68, ExitMeaning::failed,    "no such host"},
    {69, ExitMeaning::deferred,  "service unavailable"},
    {70, ExitMeaning::deferred,  "internal error"},
    {71, ExitMeaning::deferred,  "system error"},
    {72, ExitMeaning::broken,    "a system file is missing"},
    {73, ExitMeaning::deferred,  "cannot create output"},
    {74, ExitMeaning::deferred,  "input or output error"},
    {75, ExitMeaning::deferred,  "temporary failure"},
    {76, ExitMeaning::deferred,  "protocol error"},
    {77, ExitMeaning::broken,    "not permitted"},
    {78, ExitMeaning::broken,    "configuration error"},
};
// clang-format on

const Row* row_of(int code)
{
    for (const Row& row : kRows)
        if (row.code == code) return &row;
    return nullptr;
}

}  // namespace

ExitMeaning meaning_of_exit(int code)
{
    const Row* row = row_of(code);
    return row == nullptr ? ExitMeaning::deferred : row->meaning;
}

std::string describe_exit(int code)
{
    const Row* row = row_of(code);
    return "exit " + std::to_string(code) +
           (row == nullptr ? "" : " (" + std::string(row->words) + ")");
}

}  // namespace postman
