/// Words that are known until a time, and what is known of each. Not thread-safe; no clock.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace postoffice::http
{

template <class Value>
class ExpiringTable
{
public:
    using Time = std::int64_t;  // seconds since 1970

    /// nullptr: not known. Good until the next change.
    Value* find(const std::string& word)
    {
        const auto found = entries_.find(word);
        return found == entries_.end() ? nullptr : &found->second.value;
    }
    /// The word must not be known.
    void insert(const std::string& word, Time expires, Value value)
    {
        const auto [place, is_new] = entries_.emplace(word, Entry{expires, std::move(value)});
        if (is_new) order_.emplace(expires, &place->first);
    }
    void erase(const std::string& word)
    {
        const auto found = entries_.find(word);
        if (found == entries_.end()) return;
        order_.erase({found->second.expires, &found->first});
        entries_.erase(found);
    }
    void forget_expired(Time now)
    {
        while (!order_.empty() && order_.begin()->first <= now) forget_first();
    }
    /// The one that would expire first.
    void forget_first()
    {
        const std::string* const word = order_.begin()->second;
        order_.erase(order_.begin());
        entries_.erase(entries_.find(*word));
    }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

    /// each(word, expires, value), those that expire first before others.
    template <class Each>
    void for_each(Each each) const
    {
        for (const auto& [expires, word] : order_) each(*word, expires, entries_.at(*word).value);
    }

private:
    struct Entry {
        Time expires = 0;
        Value value;
    };
    std::unordered_map<std::string, Entry> entries_;  // its keys stay where they are
    std::set<std::pair<Time, const std::string*>> order_;
};

}  // namespace postoffice::http
