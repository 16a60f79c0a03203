// _Py_hashtable_*: chained buckets, whose head fields the extensions may read.
#include <algorithm>
#include <cstring>
#include <utility>

#include "abi/object.h"
#include "base/macros.h"
#include "core/memory.h"

using namespace krait;

struct HashEntry {
  HashEntry* next;
  Py_uhash_t key_hash;
  void *key, *value;
};
struct HashTable;
using HashFunction = Py_uhash_t (*)(const void* key);
using CompareFunction = int (*)(const void* a, const void* b);
using DestroyFunction = void (*)(void* item);
struct HashAllocator {
  void* (*malloc)(size_t size);
  void (*free)(void* p);
};
struct HashTable {
  size_t count, bucket_count;
  HashEntry** buckets;
  HashEntry* (*find)(HashTable* table, const void* key);
  HashFunction hash;
  CompareFunction compare;
  DestroyFunction destroy_key, destroy_value;
  HashAllocator allocator;
};
static_assert(sizeof(HashTable) == 80 && sizeof(HashEntry) == 32);

namespace {

constexpr size_t kSmallest = 16;

HashEntry** bucketOf(HashTable* table, Py_uhash_t hash) {
  return &table->buckets[hash & (table->bucket_count - 1)];
}

HashEntry* findEntry(HashTable* table, const void* key) {
  Py_uhash_t hash = table->hash(key);
  HashEntry* entry = *bucketOf(table, hash);
  while (entry && !(entry->key_hash == hash && table->compare(key, entry->key))) entry = entry->next;
  return entry;
}

HashEntry** newBuckets(HashTable* table, size_t count) {
  auto** buckets = static_cast<HashEntry**>(table->allocator.malloc(count * sizeof(HashEntry*)));
  if (buckets) memset(buckets, 0, count * sizeof(HashEntry*));
  return buckets;
}

// More or fewer buckets; without memory the old ones stay.
void rehash(HashTable* table, size_t count) {
  count = std::max(count, kSmallest);
  if (count == table->bucket_count) return;
  HashEntry** fresh = newBuckets(table, count);
  if (!fresh) return;
  HashEntry** old = std::exchange(table->buckets, fresh);
  size_t old_count = std::exchange(table->bucket_count, count);
  for (size_t i = 0; i < old_count; i++) {
    while (HashEntry* entry = old[i]) {
      old[i] = entry->next;
      HashEntry** bucket = bucketOf(table, entry->key_hash);
      entry->next = std::exchange(*bucket, entry);
    }
  }
  table->allocator.free(old);
}

void destroyEntries(HashTable* table) {
  for (size_t i = 0; i < table->bucket_count; i++) {
    while (HashEntry* entry = table->buckets[i]) {
      table->buckets[i] = entry->next;
      if (table->destroy_key) table->destroy_key(entry->key);
      if (table->destroy_value) table->destroy_value(entry->value);
      table->allocator.free(entry);
    }
  }
  table->count = 0;
}

}  // namespace

KR_EXPORT Py_uhash_t _Py_hashtable_hash_ptr(const void* key) {
  auto bits = reinterpret_cast<uintptr_t>(key);
  return bits >> 4 | bits << 60;
}
KR_EXPORT int _Py_hashtable_compare_direct(const void* a, const void* b) { return a == b; }
KR_EXPORT HashTable* _Py_hashtable_new_full(HashFunction hash, CompareFunction compare,
                                            DestroyFunction destroy_key, DestroyFunction destroy_value,
                                            HashAllocator* allocator) {
  HashAllocator used = allocator ? *allocator : HashAllocator{memAlloc, memFree};
  auto* table = static_cast<HashTable*>(used.malloc(sizeof(HashTable)));
  if (!table) return nullptr;
  *table = {0, kSmallest, nullptr, findEntry, hash, compare, destroy_key, destroy_value, used};
  table->buckets = newBuckets(table, kSmallest);
  if (table->buckets) return table;
  used.free(table);
  return nullptr;
}
KR_EXPORT HashTable* _Py_hashtable_new(HashFunction hash, CompareFunction compare) {
  return _Py_hashtable_new_full(hash, compare, nullptr, nullptr, nullptr);
}
KR_EXPORT size_t _Py_hashtable_size(const HashTable* table) {
  return sizeof(HashTable) + table->bucket_count * sizeof(HashEntry*) + table->count * sizeof(HashEntry);
}
KR_EXPORT size_t _Py_hashtable_len(const HashTable* table) { return table->count; }
KR_EXPORT void* _Py_hashtable_get(HashTable* table, const void* key) {
  HashEntry* entry = table->find(table, key);
  return entry ? entry->value : nullptr;
}
// The key must not be in the table yet.
KR_EXPORT int _Py_hashtable_set(HashTable* table, const void* key, void* value) {
  auto* entry = static_cast<HashEntry*>(table->allocator.malloc(sizeof(HashEntry)));
  if (!entry) return -1;
  if (++table->count > table->bucket_count / 2) rehash(table, table->bucket_count * 4);
  Py_uhash_t hash = table->hash(key);
  HashEntry** bucket = bucketOf(table, hash);
  *entry = {*bucket, hash, const_cast<void*>(key), value};
  *bucket = entry;
  return 0;
}
KR_EXPORT void* _Py_hashtable_steal(HashTable* table, const void* key) {
  Py_uhash_t hash = table->hash(key);
  HashEntry** link = bucketOf(table, hash);
  while (*link && !((*link)->key_hash == hash && table->compare(key, (*link)->key))) link = &(*link)->next;
  HashEntry* entry = *link;
  if (!entry) return nullptr;
  *link = entry->next;
  void* value = entry->value;
  table->allocator.free(entry);
  if (--table->count < table->bucket_count / 10) rehash(table, table->bucket_count / 4);
  return value;
}
KR_EXPORT int _Py_hashtable_foreach(HashTable* table,
                                    int (*visit)(HashTable*, const void*, const void*, void*), void* data) {
  for (size_t i = 0; i < table->bucket_count; i++) {
    for (HashEntry *entry = table->buckets[i], *next; entry; entry = next) {
      next = entry->next;
      if (int status = visit(table, entry->key, entry->value, data)) return status;
    }
  }
  return 0;
}
KR_EXPORT void _Py_hashtable_clear(HashTable* table) {
  destroyEntries(table);
  rehash(table, kSmallest);
}
KR_EXPORT void _Py_hashtable_destroy(HashTable* table) {
  destroyEntries(table);
  auto release = table->allocator.free;
  release(table->buckets);
  release(table);
}
