import axios from "axios";
import { useEffect, useState } from "react";

/** A storefront without GraphQL: the HTTP door answers pairs of product and score. */
export function PlainList({ userId }: { userId: string }) {
  const [recommendations, setRecommendations] = useState<[string, number][]>([]);

  useEffect(() => {
    axios
      .get(`/api/recommend/${userId}`)
      .then((response) => setRecommendations(response.data.recommendations))
      .catch((error) => console.error("Error fetching recommendations:", error));
  }, [userId]);

  return (
    <ul>
      {recommendations.map((rec) => (
        <li key={rec[0]}>
          Product: {rec[0]}, Score: {rec[1]}
        </li>
      ))}
    </ul>
  );
}
