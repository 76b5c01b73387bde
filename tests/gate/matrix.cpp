/// The driver of the matrix.
///
///   gate_matrix inspect MATRIX RESULTS   inspects each mail and its twin; one JSON object a line,
///   which
///                                        run_matrix.py judges
///   gate_matrix mutants MATRIX           takes out each stream, each form, all values; each
///   omission has
///                                        to let mails pass that the whole gate stops, else it
///                                        fails
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "common/base64.h"
#include "tests/gate/cells.h"

namespace mail::test
{
namespace
{

using namespace privacy;

const char* name_of(Inspection::Verdict verdict)
{
    switch (verdict) {
        case Inspection::Verdict::clean:
            return "clean";
        case Inspection::Verdict::cleaned:
            return "cleaned";
        case Inspection::Verdict::held:
            return "held";
    }
    return "?";
}

nlohmann::json json_of(const Inspection& inspection, const std::string& given)
{
    nlohmann::json json = {{"verdict", name_of(inspection.verdict)},
                           {"reason", inspection.reason},
                           {"unknown", inspection.unknown},
                           {"findings", inspection.findings.size()},
                           {"actions", inspection.actions.size()},
                           {"reverse_path", base64_encode(inspection.envelope.reverse_path)}};
    if (inspection.verdict != Inspection::Verdict::held)
        json["content"] = base64_encode(inspection.content);
    json["is_as_given"] = inspection.content == given;
    return json;
}

int inspect_all(const std::string& matrix, const std::string& results)
{
    RulesBook book;
    const auto without_values = rules_around(std::make_shared<OriginSearch>(OriginValues()));
    std::ofstream out(results);
    for (const auto& cell : read_cells(matrix)) {
        const auto rules = book.of(cell);
        nlohmann::json line = {{"number", cell.number}};
        line["mail"] = json_of(inspect(cell.content, cell.envelope, rules), cell.content);
        line["twin"] =
            json_of(inspect(cell.twin_content, cell.twin_envelope, rules), cell.twin_content);
        if (cell.by_name) {
            line["goes_by_name"] =
                !lets_pass(cell, inspect(cell.content, cell.envelope, without_values));
        }
        out << line.dump() << '\n';
    }
    out.close();
    return out ? 0 : 1;
}

/// A gate with something taken out.
struct Mutant {
    std::string name;
    StreamSet streams = all_streams();
    FormSet forms = all_forms();
};

std::vector<Mutant> mutants()
{
    std::vector<Mutant> all;
    for (std::size_t i = 0; i < kStreams; ++i) {
        const auto name = stream_name(static_cast<Stream>(i));
        all.push_back({"stream " + std::string(name), all_streams().reset(i), all_forms()});
    }
    for (std::size_t i = 0; i < kForms; ++i) {
        const auto name = form_name(static_cast<Form>(i));
        all.push_back({"form " + std::string(name), all_streams(), all_forms().reset(i)});
    }
    return all;
}

/// The cells that pass the mutant.
std::vector<const Cell*> passing(const std::vector<Cell>& cells, const Mutant& mutant)
{
    RulesBook book(mutant.streams, mutant.forms);
    std::vector<const Cell*> passing;
    for (const auto& cell : cells) {
        if (lets_pass(cell, inspect(cell.content, cell.envelope, book.of(cell))))
            passing.push_back(&cell);
    }
    return passing;
}

bool is_needed(const std::vector<Cell>& cells, const Mutant& mutant,
               const std::set<std::size_t>& missed_by_all)
{
    std::size_t missed = 0;
    const Cell* example = nullptr;
    for (const auto* cell : passing(cells, mutant)) {
        if (missed_by_all.contains(cell->number)) continue;
        ++missed;
        if (example == nullptr) example = cell;
    }
    std::printf("%-6s without %-24s %5zu missed", missed > 0 ? "ok" : "FAILED", mutant.name.c_str(),
                missed);
    if (example != nullptr) {
        std::printf("   e.g. %s, %s, %s", example->text.c_str(), example->encoding.c_str(),
                    example->place.substr(0, 40).c_str());
    }
    std::printf("\n");
    return missed > 0;
}

int try_mutants(const std::string& matrix)
{
    const auto cells = read_cells(matrix);
    std::set<std::size_t> missed_by_all;
    for (const auto* cell : passing(cells, {"nothing"})) missed_by_all.insert(cell->number);
    std::printf("%zu mails; the whole gate misses %zu\n", cells.size(), missed_by_all.size());
    bool all_needed = true;
    for (const auto& mutant : mutants()) all_needed &= is_needed(cells, mutant, missed_by_all);
    return all_needed ? 0 : 1;
}

}  // namespace
}  // namespace mail::test

int main(int argc, char** argv)
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    try {
        if (words.size() == 3 && words[0] == "inspect")
            return mail::test::inspect_all(words[1], words[2]);
        if (words.size() == 2 && words[0] == "mutants") return mail::test::try_mutants(words[1]);
    } catch (const std::exception& error) {
        std::cerr << "gate_matrix: " << error.what() << '\n';
        return 1;
    }
    std::cerr << "usage: gate_matrix inspect MATRIX RESULTS | mutants MATRIX\n";
    return 64;
}
