import io
import random
import sys

sys.modules.update(dict.fromkeys(("numpy", "scipy", "lxml", "matplotlib")))  # whether installed or not

import networkx as nx

g = nx.grid_2d_graph(12, 12)
rng = random.Random(3)
for u, v in g.edges:
    g[u][v]["weight"] = rng.randint(1, 20)
print(nx.shortest_path(g, (0, 0), (11, 11), weight="weight"), nx.dijkstra_path_length(g, (0, 0), (11, 11)))
print(nx.astar_path_length(g, (0, 0), (11, 11), lambda a, b: abs(a[0] - b[0]) + abs(a[1] - b[1]), weight="weight"))
print(nx.bellman_ford_path_length(g, (0, 0), (11, 11)), sum(dict(nx.single_source_shortest_path_length(g, (5, 5))).values()))
tree = nx.minimum_spanning_tree(g)
print(tree.size(weight="weight"), nx.is_tree(tree), nx.diameter(g))
d = nx.gnp_random_graph(60, 0.05, seed=5, directed=True)
print(sorted(len(c) for c in nx.strongly_connected_components(d)), nx.is_directed_acyclic_graph(d))
b = nx.barabasi_albert_graph(80, 2, seed=8)
print(sorted(nx.betweenness_centrality(b).items(), key=lambda p: -p[1])[:4])
print([round(v, 6) for v in sorted(nx.closeness_centrality(b).values())[-4:]], nx.transitivity(b))
print([sorted(c)[:5] for c in nx.community.greedy_modularity_communities(b)], nx.average_clustering(b))
flow = nx.DiGraph()
flow.add_weighted_edges_from([("s", "a", 4), ("s", "b", 2), ("a", "b", 1), ("a", "t", 2), ("b", "t", 4)], weight="capacity")
print(nx.maximum_flow(flow, "s", "t"), nx.minimum_cut_value(flow, "s", "t"))
print(list(nx.topological_sort(nx.DiGraph([(1, 2), (2, 4), (1, 3), (3, 4)]))), nx.greedy_color(nx.petersen_graph()))
print(nx.is_isomorphic(nx.cycle_graph(5), nx.complement(nx.cycle_graph(5))), list(nx.simple_cycles(nx.DiGraph([(0, 1), (1, 0), (1, 1)]))))
print(nx.info(b) if hasattr(nx, "info") else b, nx.find_cliques(nx.karate_club_graph()).__next__())
out = io.BytesIO()
nx.write_graphml(nx.path_graph(3), out)
print(out.getvalue().decode())
print("\n".join(nx.generate_gml(nx.path_graph(2))), nx.node_link_data(nx.path_graph(2)))
for source, target in (((0, 0), "nowhere"), (1, 2)):
    try:
        nx.shortest_path(nx.Graph([(1, 3), (2, 4)]), source, target)
    except nx.NetworkXException as error:
        print(type(error).__name__, error)
nx.shortest_path(g, "x", "y")
