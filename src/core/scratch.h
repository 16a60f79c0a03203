// Scratch space as large as a program wants it: MemoryError when there is none.
//
// C++ containers and libraries cannot fail when memory ends. What may outgrow the reserve that is set aside
// for them (core/memory_reserve.h) asks for room first, with the size it will have, or a bound of what it
// will need.
#pragma once

#include <string>
#include <string_view>

#include "base/inline_buffer.h"
#include "core/errors.h"

namespace krait {

// MemoryError when so much cannot be had now. Cheap for sizes that the reserve covers: nothing is asked then.
Status askForRoom(size_t bytes);
bool hasRoom(size_t bytes);  // the same for who can do without

// MemoryError while containers live on the reserve: for loops that make many small ones.
Status checkMemory();
bool hasMemory();  // the same for who cannot raise

// Room for `more` elements behind those that are there, growing by doubling.
template <class Container>
Status reserveMore(Container& container, size_t more) {
  if (container.capacity() - container.size() >= more) [[likely]]
    return {};
  size_t doubled = container.capacity() * 2, least = container.size() + more;
  size_t wanted = doubled > least ? doubled : least;
  TRY(askForRoom(wanted * sizeof(*container.data())));
  container.reserve(wanted);
  return {};
}

// One more element; more text.
template <class Container, class Element>
Status pushMore(Container& container, Element element) {
  TRY(reserveMore(container, 1));
  container.push_back(std::move(element));
  return {};
}
inline Status appendMore(std::string& text, std::string_view piece) {
  TRY(reserveMore(text, piece.size()));
  text.append(piece);
  return {};
}
// A copy of text for interfaces of C.
inline Result<std::string> scratchText(std::string_view text) {
  TRY(askForRoom(text.size()));
  return std::string(text);
}

template <class T, size_t kInline>
Status reserveScratch(InlineBuffer<T, kInline>& buffer, size_t size) {
  if (buffer.tryReserve(size)) return {};
  return raiseNoMemory();
}
template <class T, size_t kInline>
Status resizeScratch(InlineBuffer<T, kInline>& buffer, size_t size) {
  TRY(reserveScratch(buffer, size));
  buffer.resize(size);
  return {};
}

}  // namespace krait
